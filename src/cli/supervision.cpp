#include "cli/supervision.h"

#include <chrono>
#include <cstdlib>

#include "cli/output.h"
#include "pipeline/destination.h"

namespace itemize::cli {
namespace {

/// A hook for something that goes on is not run again sooner.
constexpr auto hook_pause = std::chrono::seconds(60);
constexpr auto look_every = std::chrono::milliseconds(500);

}  // namespace

Result<std::unique_ptr<Supervision>> Supervision::start(const pipeline::Migration& migration, SupervisionOptions options, SinkLink link, pipeline::Progress& progress, std::stop_token user_stop) {
  std::unique_ptr<Supervision> made(new Supervision(std::move(options), std::move(link), progress));
  Supervision* raw = made.get();
  made->user_stop_.emplace(user_stop, [raw] { raw->stop_.request_stop(); });
  made->protection_ = TRY(pipeline::Protection::start(migration, made->options_.protection, made->gate_, progress));
  made->age_stop_.emplace(made->protection_->stop_token(), [raw] { raw->stop_.request_stop(); });
  made->control_ = TRY(pipeline::ControlServer::listen(migration.state_folder, made->handlers()));
  if (made->options_.hooks.has("on_throttle") || made->options_.hooks.has("on_reject")) made->watcher_ = std::jthread([raw](std::stop_token ended) { raw->watch(ended); });
  return made;
}

Supervision::~Supervision() {
  watcher_ = {};
  control_.reset();
  protection_.reset();
}

std::string Supervision::held_by() const {
  std::string text = gate_.reasons();
  const std::string throttle = link_.throttled_by ? link_.throttled_by() : "";
  if (!throttle.empty()) text += (text.empty() ? "" : "; ") + ("the target throttles: " + throttle);
  return text;
}

std::string Supervision::status_document() const {
  const std::int64_t since = progress_.snapshot_since;
  const double age = since == 0 ? 0 : std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch() - std::chrono::steady_clock::duration(since)).count();
  return json::to_text({json::Object{{"phase", {progress_.phase()}},
                                     {"rows", json_number(progress_.rows)},
                                     {"estimated_rows", json_number(progress_.estimated_rows)},
                                     {"items", json_number(progress_.items)},
                                     {"rejects", json_number(progress_.rejects)},
                                     {"ranges", json_number(progress_.ranges)},
                                     {"ranges_done", json_number(progress_.ranges_done)},
                                     {"queued_bytes", json_number(progress_.queued_bytes)},
                                     {"snapshot_age_seconds", json_real(age)},
                                     {"connections", json_number(static_cast<std::uint64_t>(slots_.count()))},
                                     {"paused", {!gate_.is_open()}},
                                     {"held_by", {held_by()}},
                                     {"sink", {link_.text ? link_.text() : std::string()}}}});
}

pipeline::ControlHandlers Supervision::handlers() {
  pipeline::ControlHandlers handlers;
  handlers.status = [this] { return status_document(); };
  handlers.pause = [this] { gate_.close(pipeline::gate_of_user, "paused (itemize control resume goes on)"); };
  handlers.resume = [this] { gate_.open(pipeline::gate_of_user); };
  handlers.stop = [this] { stop_.request_stop(); };
  handlers.rate = [this](const std::string& value) -> Result<void> {
    if (!link_.set_rate) return fail(ErrorCode::invalid_input, "an export writes files: it has no rate");
    return link_.set_rate(value);
  };
  handlers.connections = [this](const std::string& value) -> Result<void> {
    char* end = nullptr;
    const long number = std::strtol(value.c_str(), &end, 10);
    if (end == value.c_str() || *end != '\0' || number < 1 || number > options_.connections)
      return fail(ErrorCode::invalid_input, "connections=" + value + " cannot be", "1 to " + std::to_string(options_.connections) + ": with so many it was started");
    slots_.set(static_cast<int>(number));
    return {};
  };
  return handlers;
}

void Supervision::watch(std::stop_token ended) {
  using Steady = std::chrono::steady_clock;
  Steady::time_point throttle_told{};
  Steady::time_point reject_told{};
  std::uint64_t rejects_told = 0;
  while (pipeline::wait_for(look_every, ended)) {
    const auto now = Steady::now();
    const std::string held = held_by();
    if (!held.empty() && (throttle_told == Steady::time_point{} || now - throttle_told > hook_pause)) {
      throttle_told = now;
      options_.hooks.fire("on_throttle", {{"reason", {held}}});
    }
    const std::uint64_t rejects = progress_.rejects;
    if (rejects > rejects_told && (reject_told == Steady::time_point{} || now - reject_told > hook_pause)) {
      reject_told = now;
      rejects_told = rejects;
      options_.hooks.fire("on_reject", {{"rejects", json_number(rejects)}});
    }
  }
}

}  // namespace itemize::cli
