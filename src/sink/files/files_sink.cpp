#include "sink/files/files_sink.h"

#include <cassert>
#include <mutex>
#include <optional>

#include "base/checksum.h"
#include "base/file.h"
#include "sink/files/folder.h"
#include "sink/files/part_file.h"

namespace itemize::sink {
namespace {

/// What writers share: where things go, and tools that a finished part left for the next.
class Workshop {
 public:
  Workshop(std::string folder, std::vector<std::string> tables, FilesOptions options)
      : folder_(std::move(folder)), tables_(std::move(tables)), options_(std::move(options)) {}

  const std::string& folder() const { return folder_; }
  const FilesOptions& options() const { return options_; }
  std::size_t table_count() const { return tables_.size(); }
  std::string in_table(std::size_t table, std::string_view below) const { return tables_[table] + "/" + std::string(below); }
  std::string absolute(const std::string& relative) const { return folder_ + "/" + relative; }

  std::string table_folder(std::size_t table) const { return folder_ + "/" + tables_[table]; }

  /// Once, before anything is written.
  Result<void> begin() {
    const std::lock_guard lock(mutex_);
    if (begun_) return {};
    for (std::size_t table = 0; table < tables_.size(); ++table)
      if (!tables_[table].empty()) TRY(remove_manifest(table_folder(table)));
    begun_ = true;
    return {};
  }

  Result<PartTools> take_tools() {
    {
      const std::lock_guard lock(mutex_);
      if (!spare_.empty()) {
        PartTools tools = std::move(spare_.back());
        spare_.pop_back();
        return tools;
      }
    }
    PartTools tools;
    if (options_.compression != Compression::none) tools.compressor = TRY(Compressor::make(options_.compression, options_.level));
    return tools;
  }
  void give_back(PartTools tools) {
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(tools));
  }

 private:
  std::string folder_;
  std::vector<std::string> tables_;
  FilesOptions options_;
  std::mutex mutex_;
  bool begun_ = false;
  std::vector<PartTools> spare_;
};

class FilesWriter final : public Writer {
 public:
  FilesWriter(std::shared_ptr<Workshop> workshop, std::uint64_t range_id)
      : workshop_(std::move(workshop)), range_id_(range_id), tables_(workshop_->table_count()) {}
  ~FilesWriter() override { remove_everything(); }

  Result<void> write(item::ItemBatch& batch) override {
    assert(batch.tables.size() <= tables_.size());
    for (std::size_t table = 0; table < batch.tables.size(); ++table) {
      const item::TableItems& items = batch.tables[table];
      if (items.puts.empty()) continue;
      TRY(make_room(table));
      TRY(tables_[table].open->write(items.text.view(), items.puts.size()));
      count(items.puts);
    }
    batch.clear();
    return {};
  }

  Result<WriteResult> finish() override {
    for (std::size_t table = 0; table < tables_.size(); ++table) {
      if (tables_[table].open) TRY(close_part(table));
    }
    Result<void> published = publish();
    if (!published) {
      remove_everything();
      return std::unexpected(std::move(published).error());
    }
    files_.clear();  // They are the export's now, no longer ours to remove.
    return std::move(result_);
  }

 private:
  struct TableOutput {
    std::optional<PartFile> open;
    std::uint64_t parts = 0;
  };
  struct MadeFile {
    std::string temporary_path;  ///< Absolute.
    std::string final_path;
    bool renamed = false;
  };

  /// Opens the table's first part, or the next one where the last is full.
  Result<void> make_room(std::size_t table) {
    TableOutput& output = tables_[table];
    if (output.open && output.open->uncompressed_bytes() < workshop_->options().max_part_bytes) return {};
    if (output.open) TRY(close_part(table));
    TRY(make_temporary_folder(workshop_->table_folder(table)));
    const std::string temporary = workshop_->absolute(workshop_->in_table(table, "tmp/" + name_of(output.parts)));
    files_.push_back({temporary, workshop_->absolute(workshop_->in_table(table, "data/" + name_of(output.parts)))});
    PartTools tools = TRY(workshop_->take_tools());
    output.open = TRY(PartFile::create(temporary, std::move(tools)));
    return {};
  }

  Result<void> close_part(std::size_t table) {
    TableOutput& output = tables_[table];
    PartFile part = *std::exchange(output.open, std::nullopt);
    workshop_->give_back(TRY(part.finish()));
    result_.files.push_back({.table = table,
                             .path = workshop_->in_table(table, "data/" + name_of(output.parts)),
                             .items = part.items(),
                             .bytes = part.bytes(),
                             .uncompressed_bytes = part.uncompressed_bytes(),
                             .checksum = crc32c_text(part.crc())});
    ++output.parts;
    return {};
  }

  /// All parts of the range appear together, at its end: an interrupted range leaves nothing in data/.
  Result<void> publish() {
    for (MadeFile& file : files_) {
      TRY(rename_file(file.temporary_path, file.final_path));
      file.renamed = true;
    }
    for (std::size_t table = 0; table < tables_.size(); ++table) {
      if (tables_[table].parts > 0) TRY(sync_directory(workshop_->absolute(workshop_->in_table(table, "data"))));
    }
    return {};
  }

  void count(const std::vector<item::Put>& puts) {
    for (const item::Put& put : puts) {
      if (put.item_type >= result_.items.size()) result_.items.resize(put.item_type + 1);
      ++result_.items[put.item_type];
      result_.bytes += put.item_size;
    }
  }

  void remove_everything() {
    for (TableOutput& output : tables_) output.open.reset();
    for (const MadeFile& file : files_) (void)remove_file(file.renamed ? file.final_path : file.temporary_path);
    files_.clear();
  }

  std::string name_of(std::uint64_t part) const { return part_name(range_id_, part, workshop_->options().compression); }

  std::shared_ptr<Workshop> workshop_;
  std::uint64_t range_id_;
  std::vector<TableOutput> tables_;
  std::vector<MadeFile> files_;
  WriteResult result_;
};

class FilesSinkImplementation final : public FilesSink {
 public:
  explicit FilesSinkImplementation(std::shared_ptr<Workshop> workshop) : workshop_(std::move(workshop)) {}

  item::Framing framing() const override { return {.before = "{\"Item\":", .after = "}\n", .want_keys = false}; }

  Result<std::unique_ptr<Writer>> open(std::uint64_t range_id, RefusalHandler) override {
    TRY(workshop_->begin());
    return std::make_unique<FilesWriter>(workshop_, range_id);
  }
  Result<void> remove_leftovers(const std::vector<std::string>& finished) override {
    return clean_folder(workshop_->folder(), finished);
  }
  Result<void> remove_files(const std::vector<std::string>& paths) override { return remove_parts(workshop_->folder(), paths); }

 private:
  std::shared_ptr<Workshop> workshop_;
};

}  // namespace

Result<FolderState> FilesSink::check_folder(const std::string& folder, std::span<const std::string> tables, const std::string& owner) {
  return TRY(inspect_folder(folder, tables, owner)) ? FolderState::ours : FolderState::absent_or_empty;
}

Result<std::unique_ptr<FilesSink>> FilesSink::make(std::string folder, std::vector<std::string> tables, FilesOptions options) {
  std::vector<std::string> written;
  for (const std::string& table : tables)
    if (!table.empty()) written.push_back(table);
  for (const std::string& table : written) TRY(check_table_name(table));
  // A wrong level is told now, not by the first worker.
  if (options.compression != Compression::none) TRY(Compressor::make(options.compression, options.level));
  TRY(check_folder(folder, written, options.owner));
  TRY(prepare_folder(folder, written, options.owner));
  auto workshop = std::make_shared<Workshop>(std::move(folder), std::move(tables), std::move(options));
  return std::make_unique<FilesSinkImplementation>(std::move(workshop));
}

}  // namespace itemize::sink
