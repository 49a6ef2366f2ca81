#include "pipeline/rejects.h"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"

namespace itemize::pipeline {

struct RejectCounter {
  std::optional<std::uint64_t> maximum;
  std::atomic<std::uint64_t> count{0};
};

namespace {

constexpr std::string_view line_end = ".jsonl";
constexpr std::string_view stage_endings[] = {".jsonl", "-read.jsonl", "-queue.jsonl"};   // by Rejects::Stage

std::string text_of(const RejectLine& line) {
  std::string text = "{\"item\":";
  json::append_quoted(text, line.item_type);
  // The origin is an object of its own: its members are taken over.
  if (line.origin.size() > 2) text.append(",").append(line.origin.substr(1, line.origin.size() - 2));
  text += ",\"reason\":";
  json::append_quoted(text, item::reason_name(line.rejection->reason));
  if (!line.rejection->attribute.empty()) {
    text += ",\"attribute\":";
    json::append_quoted(text, line.rejection->attribute);
  }
  text += ",\"sentence\":";
  json::append_quoted(text, line.rejection->sentence);
  if (!line.row.empty()) text.append(",\"row\":").append(line.row);
  return text + "}\n";
}

/// The item type that a line begins with; item types' names hold no quotes that would need more.
std::string item_of(std::string_view line) {
  const Result<json::Value> value = json::parse(line);
  return value ? value->text("item") : std::string();
}

/// An item type's name as a file name: what a path may not hold is replaced.
std::string file_name_of(std::string name) {
  for (char& byte : name)
    if (byte == '/' || byte == '\0') byte = '_';
  return name + std::string(line_end);
}

}  // namespace

Result<void> RejectPart::add(const RejectLine& line) {
  if (!file_.is_open()) {
    TRY(make_directories(parent_directory(path_), 0700));
    file_ = TRY(File::open(path_, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  }
  TRY(file_.write(text_of(line)));
  ++count_;
  const std::uint64_t all = ++counter_->count;
  if (counter_->maximum && all > *counter_->maximum) {
    return fail(ErrorCode::cancelled, "stopped: more than " + std::to_string(*counter_->maximum) + " rows cannot become items (--max-rejects)",
                "read the rejects, mend the model or the rows, and run the same command again");
  }
  return {};
}

Result<void> RejectPart::finish() {
  if (!file_.is_open()) {
    TRY(remove_file(path_));  // of an earlier attempt
    return {};
  }
  TRY(file_.sync());
  return file_.close();
}

void RejectPart::discard() {
  if (!file_.is_open()) return;
  file_.discard();
  (void)remove_file(path_);
  counter_->count -= count_;
  count_ = 0;
}

Rejects::Rejects(std::string state_folder, std::optional<std::uint64_t> maximum, std::uint64_t already)
    : folder_(std::move(state_folder) + "/rejects"), counter_(std::make_shared<RejectCounter>()) {
  counter_->maximum = maximum;
  counter_->count = already;
}

RejectPart Rejects::begin(std::int64_t range_id, Stage stage) {
  return {folder_ + "/parts/" + std::to_string(range_id) + std::string(stage_endings[static_cast<std::size_t>(stage)]), counter_};
}

void Rejects::forget(std::int64_t range_id, std::uint64_t count) {
  if (count == 0) return;
  (void)remove_file(folder_ + "/parts/" + std::to_string(range_id) + std::string(stage_endings[0]));
  counter_->count -= count;
}

std::uint64_t Rejects::count() const { return counter_->count; }

Result<void> Rejects::publish(std::span<const std::int64_t> ranges, bool everything) {
  if (!path_exists(folder_)) return {};
  std::set<std::string> wanted;
  for (const std::int64_t id : ranges)
    for (const std::string_view ending : stage_endings) wanted.insert(std::to_string(id) + std::string(ending));
  // Files are read and written one part at a time, so that many rejects need little memory.
  std::map<std::string, File> files;
  const std::string parts = folder_ + "/parts";
  if (path_exists(parts)) {
    for (const DirectoryEntry& entry : TRY(list_directory(parts))) {
      const bool counts = wanted.contains(entry.name);
      if (!counts && !everything) {
        TRY(remove_file(parts + "/" + entry.name));
        continue;
      }
      const std::string text = TRY(read_file(parts + "/" + entry.name, 64ULL << 30));
      for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        begin = end;
        const std::string name = file_name_of(item_of(line));
        if (!files.contains(name)) files[name] = TRY(File::open(folder_ + "/" + name + ".tmp", O_WRONLY | O_CREAT | O_TRUNC, 0600));
        TRY(files[name].write(line));
      }
    }
  }
  for (auto& [name, file] : files) {
    TRY(file.sync());
    TRY(file.close());
    TRY(rename_file(folder_ + "/" + name + ".tmp", folder_ + "/" + name));
  }
  for (const DirectoryEntry& entry : TRY(list_directory(folder_)))
    if (!entry.is_directory && !files.contains(entry.name)) TRY(remove_file(folder_ + "/" + entry.name));
  return sync_directory(folder_);
}

}  // namespace itemize::pipeline
