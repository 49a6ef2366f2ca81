// For tests: a destination in memory, which fails or refuses when it is told to.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "pipeline/destination.h"

namespace itemize::pipeline::testing {

class FakeDestination final : public Destination, public sink::Sink {
 public:
  std::string kind() const override { return "load"; }
  std::string target() const override { return "memory"; }
  Result<void> check(const Migration&) override { return {}; }
  Result<void> begin(const Migration&, const RunState&, Progress&, std::stop_token) override { return ++begun, Result<void>(); }
  sink::Sink& sink() override { return *this; }
  bool ranges_survive_power_loss() const override { return survives_power_loss; }
  Result<void> finish(const Migration&, const RunState&, MoveReport&, Progress&, std::stop_token) override {
    return fail_at_end ? Result<void>(fail(ErrorCode::unavailable, "the end failed")) : (++finished, Result<void>());
  }

  item::Framing framing() const override { return {"", "", true}; }
  Result<std::unique_ptr<sink::Writer>> open(std::uint64_t, sink::RefusalHandler on_refusal) override { return std::make_unique<Writer>(*this, std::move(on_refusal)); }

  /// By key; valid while nothing runs.
  std::map<std::string, std::string> items;
  std::atomic<int> begun{0};
  std::atomic<int> finished{0};
  std::atomic<int> writes_left{-1};       ///< After so many writes the disk is full; negative: never.
  std::string refuse;                     ///< Items whose text holds this are refused; empty: none.
  bool fail_at_end = false;
  bool survives_power_loss = true;

 private:
  class Writer final : public sink::Writer {
   public:
    Writer(FakeDestination& to, sink::RefusalHandler on_refusal) : to_(to), on_refusal_(std::move(on_refusal)) {}

    Result<void> write(item::ItemBatch& batch) override {
      if (to_.writes_left >= 0 && to_.writes_left.fetch_sub(1) <= 0) {
        to_.writes_left = 0;
        return fail(ErrorCode::io, "the disk is full");
      }
      for (std::size_t table = 0; table < batch.tables.size(); ++table)
        for (const item::Put& put : batch.tables[table].puts) TRY(store(table, batch.tables[table], put));
      batch.clear();
      return {};
    }
    Result<sink::WriteResult> finish() override { return std::move(result_); }

   private:
    Result<void> store(std::size_t table, const item::TableItems& items, const item::Put& put) {
      const std::string_view text = items.framed(put);
      if (!to_.refuse.empty() && text.find(to_.refuse) != std::string_view::npos) {
        ++result_.refused;
        return on_refusal_({table, put.item_type, items.origin(put), items.key(put), text, {item::Reason::refused, "", "refused"}});
      }
      result_.items.resize(std::max<std::size_t>(result_.items.size(), put.item_type + 1));
      ++result_.items[put.item_type];
      result_.bytes += put.item_size;
      const std::lock_guard lock(to_.mutex_);
      to_.items[std::string(items.key(put))] = text;
      return {};
    }

    FakeDestination& to_;
    sink::RefusalHandler on_refusal_;
    sink::WriteResult result_;
  };

  std::mutex mutex_;
};

}  // namespace itemize::pipeline::testing
