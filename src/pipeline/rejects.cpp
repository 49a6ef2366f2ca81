#include "pipeline/rejects.h"

#include <fcntl.h>

#include <filesystem>
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
  if (!line.item.empty()) text.append(",\"attributes\":").append(line.item);
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

RejectPart::~RejectPart() {
  if (counter_ != nullptr && !finished_) counter_->count -= count_;
}

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
  finished_ = true;
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

Rejects::Rejects(std::string state_folder, std::int64_t run, std::optional<std::uint64_t> maximum, std::uint64_t already)
    : folder_(std::move(state_folder) + "/rejects"), parts_(folder_ + "/parts/" + std::to_string(run)), counter_(std::make_shared<RejectCounter>()) {
  counter_->maximum = maximum;
  counter_->count = already;
}

std::string Rejects::part_path(std::int64_t range_id, Stage stage) const {
  return parts_ + "/" + std::to_string(range_id) + std::string(stage_endings[static_cast<std::size_t>(stage)]);
}

void Rejects::forget(std::int64_t range_id, std::uint64_t count) {
  if (count == 0) return;
  (void)remove_file(part_path(range_id, Stage::direct));
  counter_->count -= count;
}

RejectPart Rejects::begin(std::int64_t range_id, Stage stage) { return {part_path(range_id, stage), counter_}; }

std::uint64_t Rejects::count() const { return counter_->count; }

Result<void> Rejects::keep_only(std::span<const std::int64_t> ranges) {
  if (!path_exists(parts_)) return {};
  std::set<std::string> wanted;
  for (const std::int64_t id : ranges)
    for (const std::string_view ending : stage_endings) wanted.insert(std::to_string(id) + std::string(ending));
  for (const DirectoryEntry& entry : TRY(list_directory(parts_)))
    if (!wanted.contains(entry.name)) TRY(remove_file(parts_ + "/" + entry.name));
  return {};
}

Result<void> Rejects::publish(std::span<const std::string> item_types) {
  if (!path_exists(folder_)) return {};
  // One part at a time, so that many rejects need little memory.
  std::map<std::string, File> files;
  if (path_exists(parts_)) {
    for (const DirectoryEntry& entry : TRY(list_directory(parts_))) {
      const std::string text = TRY(read_file(parts_ + "/" + entry.name, 64ULL << 30));
      for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        if (end == std::string::npos) break;  // was being written when the run died: its range is read again
        const std::string_view line = std::string_view(text).substr(begin, end + 1 - begin);
        begin = end + 1;
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
  for (const std::string& type : item_types)
    if (!files.contains(file_name_of(type))) TRY(remove_file(folder_ + "/" + file_name_of(type)));
  return sync_directory(folder_);
}

Result<void> Rejects::remove_parts() {
  TRY(keep_only({}));
  std::error_code ignored;
  std::filesystem::remove(parts_, ignored);
  std::filesystem::remove(folder_ + "/parts", ignored);  // while empty only
  return {};
}

std::string Rejects::path_of(const std::string& state_folder, const std::string& item_type) { return state_folder + "/rejects/" + file_name_of(item_type); }

}  // namespace itemize::pipeline
