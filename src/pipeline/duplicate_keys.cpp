#include "pipeline/duplicate_keys.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>

#include "base/hash.h"

namespace itemize::pipeline {
namespace {

constexpr std::size_t pending_records = 32 * 1024;

}  // namespace

DuplicateKeys::~DuplicateKeys() {
  if (records_ != nullptr) ::munmap(records_, size_ * sizeof(Record));
}

DuplicateKeys::Digest DuplicateKeys::digest_of(std::size_t table, std::string_view key) {
  // Two seeds of one hash: each is asked about the other's accidents.
  return {hash64(key, 2 * table + 1), hash64(key, ~(2 * table))};
}

Result<void> DuplicateKeys::add(const Duplicate& duplicate, bool numbered) {
  const Digest key = digest_of(duplicate.table, duplicate.key);
  if (!numbered) {
    pending_.push_back({key, 0, 0, nobody});
  } else {
    std::int64_t first = 1;
    for (const CopiesAt& at : duplicate.places) {
      pending_.push_back({key, at.place, static_cast<std::uint32_t>(at.count), first});
      first += static_cast<std::int64_t>(at.count);
    }
  }
  return pending_.size() < pending_records ? Result<void>() : flush();
}

Result<void> DuplicateKeys::flush() {
  if (!file_.is_open()) {
    const std::string path = folder_ + "/duplicates.sorted";
    file_ = TRY(File::open(path, O_RDWR | O_CREAT | O_TRUNC, 0600));
    TRY(remove_file(path));  // it lives as long as it is mapped
  }
  TRY_WITH("keys that several rows have", file_.write({reinterpret_cast<const char*>(pending_.data()), pending_.size() * sizeof(Record)}));
  size_ += pending_.size();
  pending_.clear();
  return {};
}

Result<void> DuplicateKeys::finish(const std::vector<std::int64_t>& ranges) {
  for (std::size_t place = 0; place < ranges.size(); ++place) places_[ranges[place]] = static_cast<std::uint32_t>(place);
  if (!pending_.empty()) TRY(flush());
  if (size_ == 0) return {};
  void* mapped = ::mmap(nullptr, size_ * sizeof(Record), PROT_READ | PROT_WRITE, MAP_SHARED, file_.descriptor(), 0);
  if (mapped == MAP_FAILED) {
    size_ = 0;
    return fail_errno("cannot map '" + file_.path() + "'");
  }
  records_ = static_cast<Record*>(mapped);
  std::sort(records_, records_ + size_);
  return {};
}

DuplicateKeys::Verdict DuplicateKeys::judge(std::size_t table, std::string_view key, model::Duplicates policy, std::int64_t range,
                                            Met& met) {
  const Digest digest = digest_of(table, key);
  Record* const end = records_ + size_;
  Record* record = std::lower_bound(records_, end, digest, [](const Record& each, const Digest& wanted) { return each.key < wanted; });
  if (record == end || record->key != digest) return {};
  if (policy == model::Duplicates::keep_one) {
    const std::atomic_ref<std::int64_t> owner(record->value);
    std::int64_t found = nobody;
    const bool ours = owner.compare_exchange_strong(found, range) || found == range;
    return {ours && met[digest]++ == 0 ? What::write : What::drop, 1};
  }
  if (policy != model::Duplicates::number || record->copies == 0) return {What::reject, 1};
  const auto place = places_.find(range);
  while (place != places_.end() && record != end && record->key == digest && record->place < place->second) ++record;
  // The scan read the same snapshot: another count would mean that the source does not give the same rows twice.
  const bool counted = place != places_.end() && record != end && record->key == digest && record->place == place->second;
  const std::uint64_t before = met[digest]++;
  if (!counted || before >= record->copies) return {What::reject, 1};
  return {What::write, static_cast<std::uint64_t>(record->value) + before};
}

}  // namespace itemize::pipeline
