#include "sink/live/request.h"

#include <algorithm>
#include <utility>

namespace itemize::sink {

void WriteRequest::start(std::size_t table, std::string_view head) {
  table_ = table;
  body_.clear();
  keys_.clear();
  origins_.clear();
  entries_.clear();
  body_.append(head);
  attempts = 0;
  sent_before = announced = unknown_noted = is_put = false;
  units = 0;
}

void WriteRequest::add(const WriteItem& item, std::uint64_t key_hash) {
  if (!entries_.empty()) body_.append(',');
  Entry& entry = entries_.emplace_back();
  entry.text_begin = static_cast<std::uint32_t>(body_.size());
  entry.text_size = static_cast<std::uint32_t>(item.text.size());
  body_.append(item.text);
  entry.key_begin = static_cast<std::uint32_t>(keys_.size());
  entry.key_size = static_cast<std::uint32_t>(item.key.size());
  keys_.append(item.key);
  entry.origin_begin = static_cast<std::uint32_t>(origins_.size());
  entry.origin_size = static_cast<std::uint32_t>(item.origin.size());
  origins_.append(item.origin);
  entry.item_size = item.item_size;
  entry.item_type = item.item_type;
  entry.key_hash = key_hash;
}

void WriteRequest::retain(const std::vector<bool>& keep, std::string_view head) {
  spare_.clear();
  spare_.append(head);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!keep[i]) continue;
    Entry entry = entries_[i];
    if (kept > 0) spare_.append(',');
    const std::string_view item = text(entry);
    entry.text_begin = static_cast<std::uint32_t>(spare_.size());
    spare_.append(item);
    entries_[kept++] = entry;
  }
  entries_.resize(kept);
  std::swap(body_, spare_);
  seal();
}

void WriteRequest::replace_head(std::string_view head) {
  Entry& entry = entries_.front();
  spare_.clear();
  spare_.append(head);
  const std::string_view item = text(entry);
  entry.text_begin = static_cast<std::uint32_t>(spare_.size());
  spare_.append(item);
  std::swap(body_, spare_);
  seal_put();
}

void WriteRequest::take_part(const WriteRequest& other, std::size_t begin, std::size_t end, std::string_view head) {
  start(other.table_, head);
  for (std::size_t i = begin; i < end; ++i) add(other.item(other.entries_[i]), other.entries_[i].key_hash);
  seal();
  sent_before = other.sent_before;
  announced = other.announced;
  unknown_noted = other.unknown_noted;
}

double WriteRequest::write_units() const {
  std::uint64_t sum = 0;
  for (const Entry& entry : entries_) sum += std::max<std::uint64_t>(1, (entry.item_size + 1023ULL) / 1024);
  return static_cast<double>(sum);
}

}  // namespace itemize::sink
