#include "pipeline/key_groups.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/hash.h"

namespace itemize::pipeline {
namespace {

constexpr unsigned partition_bits = 6;
constexpr std::size_t partition_count = 1 << partition_bits;
/// Beyond this the hash has no more bits to part by: equal 64-bit hashes of different keys, which do not fill a memory.
constexpr unsigned deepest_level = 9;

struct Note {
  std::string_view text;
  Note* next = nullptr;
};

struct Place {
  CopiesAt at;
  Place* next = nullptr;
};

/// Records as copies of each other. Once two differ, where they stand is of no use: so the places of a key are as many as there are
/// ranges at most, whatever the key.
struct Copies {
  std::uint64_t content = 0;
  bool differ = false;
  std::span<const CopiesAt> places;
};

struct Entry {
  std::string_view key;
  std::uint64_t hash = 0;
  std::uint64_t count = 0;
  std::uint64_t content = 0;
  Place* places = nullptr;  // the latest first
  std::uint32_t place_count = 0;
  bool differ = false;
  Note* first_note = nullptr;
  Note* last_note = nullptr;
  std::uint32_t note_count = 0;
  bool marked = false;
};

/// A record of a partition file. count 0: a mark only.
struct RecordHeader {
  std::uint64_t count = 0;
  std::uint64_t content = 0;
  std::uint32_t key_size = 0;
  std::uint32_t note_count = 0;
  std::uint32_t place_count = 0;
  std::uint8_t marked = 0;
  std::uint8_t differ = 0;
};

/// A hash table from key to Entry that remembers the order of insertion.
class Table {
 public:
  Table() : slots_(64) {}

  Entry* find(std::string_view key, std::uint64_t hash) const {
    for (std::size_t slot = start_of(hash);; ++slot) {
      const Slot& candidate = slots_[slot & (slots_.size() - 1)];
      if (candidate.entry == nullptr) return nullptr;
      if (candidate.hash == hash && candidate.entry->key == key) return candidate.entry;
    }
  }
  Entry* insert(std::string_view key, std::uint64_t hash) {
    if ((entries_.size() + 1) * 3 > slots_.size() * 2) grow();
    Entry* entry = new (arena_.allocate(sizeof(Entry), alignof(Entry))) Entry{.key = arena_.copy(key), .hash = hash};
    entries_.push_back(entry);
    place(entry);
    bytes_ += sizeof(Entry) + key.size();
    return entry;
  }
  void add_note(Entry& entry, std::string_view text) {
    Note* note = new (arena_.allocate(sizeof(Note), alignof(Note))) Note{.text = arena_.copy(text)};
    (entry.last_note == nullptr ? entry.first_note : entry.last_note->next) = note;
    entry.last_note = note;
    ++entry.note_count;
    bytes_ += sizeof(Note) + text.size();
  }
  /// `entry` has no record yet where `first`.
  void add_copies(Entry& entry, const Copies& copies, bool first) {
    if (first) {
      entry.content = copies.content;
      entry.differ = copies.differ;
    } else if (copies.differ || copies.content != entry.content) {
      entry.differ = true;
    }
    if (entry.differ) {
      entry.places = nullptr;
      entry.place_count = 0;
      return;
    }
    for (const CopiesAt& at : copies.places) place_of(entry, at.place).count += at.count;
  }
  const std::vector<Entry*>& entries() const { return entries_; }
  /// What it holds, and what it would hold after the next growth of the slots.
  std::size_t bytes() const { return bytes_ + entries_.size() * sizeof(Entry*) + slots_.size() * sizeof(Slot); }
  void clear() { *this = Table(); }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    Entry* entry = nullptr;
  };
  /// Threads take turns: a place is found among the latest few.
  CopiesAt& place_of(Entry& entry, std::uint32_t place) {
    Place** link = &entry.places;
    while (*link != nullptr && (*link)->at.place != place) link = &(*link)->next;
    Place* found = *link;
    if (found == nullptr) {
      found = new (arena_.allocate(sizeof(Place), alignof(Place))) Place{.at = {place, 0}};
      ++entry.place_count;
      bytes_ += sizeof(Place);
    } else {
      *link = found->next;
    }
    found->next = entry.places;
    entry.places = found;
    return found->at;
  }
  /// Keys of one partition have many bits of the hash in common: mixes all bits into those that choose the slot.
  static std::size_t start_of(std::uint64_t hash) { return (hash * 0x9E3779B97F4A7C15ULL) >> 32; }
  void place(Entry* entry) {
    std::size_t slot = start_of(entry->hash);
    while (slots_[slot & (slots_.size() - 1)].entry != nullptr) ++slot;
    slots_[slot & (slots_.size() - 1)] = {entry->hash, entry};
  }
  void grow() {
    slots_.assign(slots_.size() * 2, {});
    for (Entry* entry : entries_) place(entry);
  }

  Arena arena_{64 * 1024};
  std::vector<Slot> slots_;
  std::vector<Entry*> entries_;
  std::size_t bytes_ = 0;
};

/// A file without a name: gone when it is closed, also by kill -9.
Result<File> open_unnamed(const std::string& folder) {
  Result<File> file = File::open(folder, O_TMPFILE | O_RDWR, 0600);
  if (file) return file;
  // Some file systems (NFS, older overlays) know no O_TMPFILE.
  std::string name = folder + "/spill-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) return fail_errno("cannot make a temporary file in '" + folder + "'");
  Result<File> named = File::open(name, O_RDWR);
  ::close(descriptor);
  (void)remove_file(name);
  return named;
}

/// One partition: records are appended, then read back once.
class Partition {
 public:
  Result<void> write(const std::string& folder, std::string_view bytes, std::size_t buffer_size) {
    if (!file_.is_open()) file_ = TRY_WITH("spilling keys", open_unnamed(folder));
    if (pending_.size() + bytes.size() > buffer_size) {
      TRY_WITH("spilling keys", file_.write(pending_.view(), bytes));
      pending_.clear();
    } else {
      pending_.append(bytes);
    }
    return {};
  }
  bool empty() const { return !file_.is_open(); }
  /// Gives the buffer's memory back; nothing more is written.
  Result<void> flush() {
    if (!empty()) TRY_WITH("spilling keys", file_.write(pending_.view()));
    pending_ = Buffer();
    return {};
  }
  Result<void> rewind() {
    if (::lseek(file_.descriptor(), 0, SEEK_SET) != 0) return fail_errno("cannot read spilled keys");
    return {};
  }
  /// Exactly `size` bytes; false at the end of the file.
  Result<bool> read(char* place, std::size_t size) {
    while (size > 0) {
      if (read_position_ == pending_.size() && !TRY(refill())) return false;
      const std::size_t taken = std::min(size, pending_.size() - read_position_);
      std::memcpy(place, pending_.data() + read_position_, taken);
      read_position_ += taken;
      place += taken;
      size -= taken;
    }
    return true;
  }

 private:
  Result<bool> refill() {
    constexpr std::size_t step = 64 * 1024;
    pending_.clear();
    read_position_ = 0;
    pending_.advance(TRY(file_.read(pending_.reserve(step), step)));
    return !pending_.empty();
  }

  File file_;
  Buffer pending_;
  std::size_t read_position_ = 0;
};

}  // namespace

/// The table at one depth of partitioning, and the partitions that it was poured into.
class KeyGroups::Level {
 public:
  Level(const KeyGroupsOptions& options, unsigned depth) : options_(options), depth_(depth) {}

  Result<void> add(std::string_view key, std::uint64_t hash, std::uint64_t count, std::span<const std::string_view> notes,
                   const Copies& copies) {
    Entry* entry = table_.find(key, hash);
    if (entry == nullptr) entry = table_.insert(key, hash);
    table_.add_copies(*entry, copies, entry->count == 0);
    entry->count += count;
    for (const std::string_view note : notes) {
      if (entry->note_count == options_.notes_per_key) break;
      table_.add_note(*entry, note);
    }
    if (table_.bytes() > table_limit() && depth_ < deepest_level) return pour();
    return {};
  }

  Result<void> mark(std::string_view key, std::uint64_t hash) {
    // What is still in the table must stand in the files before its marks.
    if (spilled() && !table_.entries().empty()) TRY(pour());
    if (spilled()) return write({.key = key, .hash = hash, .marked = true});
    if (Entry* entry = table_.find(key, hash)) entry->marked = true;
    return {};
  }

  Result<void> finish(const KeyGroupVisitor& visit) {
    if (!spilled()) return visit_table(visit);
    TRY(pour());
    for (Partition& partition : partitions_) TRY(partition.flush());
    for (Partition& partition : partitions_) {
      if (partition.empty()) continue;
      Level below(options_, depth_ + 1);
      TRY(replay(partition, below));
      partition = Partition();  // Gives its disk space back before the level below needs some.
      TRY(below.finish(visit));
    }
    return {};
  }

 private:
  bool spilled() const { return !partitions_.empty(); }
  /// Half for the table (its arena and slots grow in steps), a quarter for the partitions' buffers.
  std::size_t table_limit() const { return options_.memory / 2; }
  std::size_t buffer_size() const { return std::clamp<std::size_t>(options_.memory / 4 / partition_count, 256, 256 * 1024); }

  Result<void> pour() {
    if (partitions_.empty()) partitions_.resize(partition_count);
    for (const Entry* entry : table_.entries()) TRY(write(*entry));
    table_.clear();
    return {};
  }

  Result<void> write(const Entry& entry) {
    record_.clear();
    const RecordHeader header{entry.count,      entry.content,     static_cast<std::uint32_t>(entry.key.size()),
                              entry.note_count, entry.place_count, entry.marked,
                              entry.differ};
    record_.append(std::string_view(reinterpret_cast<const char*>(&header), sizeof header));
    record_.append(entry.key);
    for (const Place* place = entry.places; place != nullptr; place = place->next)
      record_.append(std::string_view(reinterpret_cast<const char*>(&place->at), sizeof place->at));
    for (const Note* note = entry.first_note; note != nullptr; note = note->next) {
      const auto size = static_cast<std::uint32_t>(note->text.size());
      record_.append(std::string_view(reinterpret_cast<const char*>(&size), sizeof size));
      record_.append(note->text);
    }
    const std::size_t partition = (entry.hash >> (depth_ * partition_bits)) & (partition_count - 1);
    return partitions_[partition].write(options_.folder, record_.view(), buffer_size());
  }

  static Result<void> replay(Partition& partition, Level& below) {
    TRY(partition.rewind());
    RecordHeader header;
    Buffer texts;
    std::vector<std::string_view> notes;
    std::vector<CopiesAt> places;
    while (TRY(partition.read(reinterpret_cast<char*>(&header), sizeof header))) {
      TRY(read_texts(partition, header, texts, notes, places));
      const std::string_view key = texts.view(0, header.key_size);
      const std::uint64_t hash = hash64(key);
      const Copies copies{header.content, header.differ != 0, places};
      if (header.count > 0) TRY(below.add(key, hash, header.count, notes, copies));
      if (header.marked != 0) TRY(below.mark(key, hash));
    }
    return {};
  }

  static Result<void> read_texts(Partition& partition, const RecordHeader& header, Buffer& texts, std::vector<std::string_view>& notes,
                                 std::vector<CopiesAt>& at) {
    texts.clear();
    notes.clear();
    std::vector<std::pair<std::size_t, std::uint32_t>> spans;
    auto read = [&](std::uint32_t size) -> Result<void> {
      if (!TRY(partition.read(texts.reserve(size), size))) return fail(ErrorCode::io, "spilled keys are cut off");
      texts.advance(size);
      return {};
    };
    TRY(read(header.key_size));
    at.resize(header.place_count);
    for (CopiesAt& each : at)
      if (!TRY(partition.read(reinterpret_cast<char*>(&each), sizeof each))) return fail(ErrorCode::io, "spilled keys are cut off");
    for (std::uint32_t i = 0; i < header.note_count; ++i) {
      std::uint32_t size = 0;
      if (!TRY(partition.read(reinterpret_cast<char*>(&size), sizeof size))) return fail(ErrorCode::io, "spilled keys are cut off");
      spans.emplace_back(texts.size(), size);
      TRY(read(size));
    }
    for (const auto& [begin, size] : spans) notes.push_back(texts.view(begin, size));
    return {};
  }

  Result<void> visit_table(const KeyGroupVisitor& visit) {
    std::vector<std::string_view> notes;
    std::vector<CopiesAt> places;
    for (const Entry* entry : table_.entries()) {
      notes.clear();
      places.clear();
      for (const Note* note = entry->first_note; note != nullptr; note = note->next) notes.push_back(note->text);
      for (const Place* place = entry->places; place != nullptr; place = place->next) places.push_back(place->at);
      std::ranges::sort(places, {}, &CopiesAt::place);
      TRY(visit({entry->key, entry->count, entry->marked, notes, !entry->differ, places}));
    }
    return {};
  }

  const KeyGroupsOptions options_;
  const unsigned depth_;
  Table table_;
  std::vector<Partition> partitions_;
  Buffer record_;
};

KeyGroups::KeyGroups(KeyGroupsOptions options) : level_(std::make_unique<Level>(options, 0)) {}
KeyGroups::~KeyGroups() = default;
KeyGroups::KeyGroups(KeyGroups&&) noexcept = default;
KeyGroups& KeyGroups::operator=(KeyGroups&&) noexcept = default;

Result<void> KeyGroups::add(std::string_view key, std::string_view note, std::optional<Copy> copy) {
  if (!copy) return level_->add(key, hash64(key), 1, {&note, 1}, {.differ = true});
  const CopiesAt at{copy->place, 1};
  return level_->add(key, hash64(key), 1, {&note, 1}, {copy->content, false, {&at, 1}});
}
Result<void> KeyGroups::mark(std::string_view key) { return level_->mark(key, hash64(key)); }
Result<void> KeyGroups::finish(const KeyGroupVisitor& visit) { return level_->finish(visit); }

}  // namespace itemize::pipeline
