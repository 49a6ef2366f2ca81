#include "pipeline/script_programs.h"

#include <map>
#include <mutex>
#include <vector>

#include "base/file.h"
#include "pipeline/script_process.h"

namespace itemize::pipeline {
namespace {

/// Processes that wait for a worker, by item type. Thread-safe.
struct Idle {
  std::mutex mutex;
  std::map<std::string, std::vector<std::unique_ptr<ScriptProcess>>> by_item;
};

/// A process in use; it goes back when its worker is done with a range.
class Borrowed : public transform::LineProgram {
 public:
  Borrowed(std::shared_ptr<Idle> idle, std::string item, std::unique_ptr<ScriptProcess> process)
      : idle_(std::move(idle)), item_(std::move(item)), process_(std::move(process)) {}
  ~Borrowed() override {
    if (failed_) return;
    const std::lock_guard lock(idle_->mutex);
    idle_->by_item[item_].push_back(std::move(process_));
  }

  Result<std::vector<Answer>> ask(std::span<const std::string> lines) override {
    auto answers = process_->ask(lines);
    failed_ = !answers;
    return answers;
  }

 private:
  std::shared_ptr<Idle> idle_;
  std::string item_;
  std::unique_ptr<ScriptProcess> process_;
  bool failed_ = false;
};

}  // namespace

transform::OpenProgram script_programs(std::string state_folder) {
  return [idle = std::make_shared<Idle>(),
          folder = std::move(state_folder)](const model::ItemType& item) -> Result<std::unique_ptr<transform::LineProgram>> {
    std::unique_ptr<ScriptProcess> process;
    {
      const std::lock_guard lock(idle->mutex);
      auto& waiting = idle->by_item[item.name];
      if (!waiting.empty()) {
        process = std::move(waiting.back());
        waiting.pop_back();
      }
    }
    if (process == nullptr) {
      const bool has_folder = !folder.empty() && path_exists(folder);
      process = std::make_unique<ScriptProcess>(*item.script, has_folder ? folder + "/script-" + item.name + ".log" : "");
    }
    return std::make_unique<Borrowed>(idle, item.name, std::move(process));
  };
}

}  // namespace itemize::pipeline
