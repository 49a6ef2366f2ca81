#include "base/json.h"

#include <simdjson.h>

#include <charconv>
#include <cstring>

#include "base/text.h"

namespace itemize::json {
namespace {

/// simdjson's words, but for the error of a bare word such as `yes`: it speaks of a type that nobody asked for.
std::string words_of(simdjson::error_code error) {
  return error == simdjson::INCORRECT_TYPE ? "a word or a sign stands where a value should" : simdjson::error_message(error);
}

namespace ondemand = simdjson::ondemand;

/// Below simdjson's own 1024, which it asserts instead of reporting.
constexpr int deepest = 1000;

/// RFC 8259, section 6. On-demand parsing hands numbers over unchecked.
bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - first;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

enum class Outcome : std::uint8_t { ok, stopped, bad };

/// Walks one value. `problem` says why where the text is not JSON.
class Walker {
 public:
  explicit Walker(Events& events) : events_(events) {}

  Outcome value(ondemand::value value, int depth) {
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return bad(error);
    switch (type) {
      case ondemand::json_type::array:
        return array(value, depth);
      case ondemand::json_type::object:
        return object(value, depth);
      case ondemand::json_type::number:
        return number(value);
      case ondemand::json_type::string: {
        std::string_view text;
        if (const auto error = value.get_string().get(text)) return bad(error);
        return told(events_.string(text));
      }
      case ondemand::json_type::boolean: {
        bool flag = false;
        if (const auto error = value.get_bool().get(flag)) return bad(error);
        return told(events_.boolean(flag));
      }
      case ondemand::json_type::null: {
        bool is_null = false;
        if (const auto error = value.is_null().get(is_null)) return bad(error);
        return is_null ? told(events_.null()) : bad("a value that is neither null nor anything else");
      }
    }
    return bad("an unknown value");
  }

  std::string problem;

 private:
  Outcome array(ondemand::value& value, int depth) {
    if (depth >= deepest) return bad("nested more than 1000 levels deep");
    ondemand::array elements;
    if (const auto error = value.get_array().get(elements)) return bad(error);
    if (!events_.begin_array()) return Outcome::stopped;
    for (auto each : elements) {
      ondemand::value element;
      if (const auto error = each.get(element)) return bad(error);
      if (const Outcome outcome = this->value(element, depth + 1); outcome != Outcome::ok) return outcome;
    }
    return told(events_.end_array());
  }

  Outcome object(ondemand::value& value, int depth) {
    if (depth >= deepest) return bad("nested more than 1000 levels deep");
    ondemand::object fields;
    if (const auto error = value.get_object().get(fields)) return bad(error);
    if (!events_.begin_object()) return Outcome::stopped;
    for (auto each : fields) {
      ondemand::field field;
      if (const auto error = std::move(each).get(field)) return bad(error);
      std::string_view key;
      if (const auto error = field.unescaped_key().get(key)) return bad(error);
      if (!events_.key(key)) return Outcome::stopped;
      if (const Outcome outcome = this->value(field.value(), depth + 1); outcome != Outcome::ok) return outcome;
    }
    return told(events_.end_object());
  }

  Outcome number(ondemand::value& value) {
    const std::string_view text = trimmed(value.raw_json_token());
    if (!is_number(text)) return bad("'" + std::string(text.substr(0, 50)) + "' is not a JSON number");
    return told(events_.number(text));
  }

  Outcome told(bool go_on) { return go_on ? Outcome::ok : Outcome::stopped; }
  Outcome bad(simdjson::error_code error) { return bad(words_of(error)); }
  Outcome bad(std::string why) {
    problem = std::move(why);
    return Outcome::bad;
  }

  Events& events_;
};

class TreeBuilder : public Events {
 public:
  bool null() override { return add({Null{}}); }
  bool boolean(bool value) override { return add({value}); }
  bool number(std::string_view text) override { return add({Number{std::string(text)}}); }
  bool string(std::string_view text) override { return add({std::string(text)}); }
  bool begin_array() override { return open({Array{}}); }
  bool end_array() override { return close(); }
  bool begin_object() override { return open({Object{}}); }
  bool end_object() override { return close(); }
  bool key(std::string_view text) override {
    keys_.back() = text;
    return true;
  }
  Value take() { return std::move(root_); }

 private:
  bool open(Value value) {
    stack_.push_back(std::move(value));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Value value = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    return add(std::move(value));
  }
  bool add(Value value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return true;
    }
    if (auto* array = std::get_if<Array>(&stack_.back().content))
      array->push_back(std::move(value));
    else
      std::get<Object>(stack_.back().content).emplace_back(keys_.back(), std::move(value));
    return true;
  }

  std::vector<Value> stack_;
  std::vector<std::string> keys_;
  Value root_;
};

void append_value(std::string& out, const Value& value);

struct Appender {
  std::string& out;
  void operator()(const Null&) const { out += "null"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(const Number& value) const { out += value.text; }
  void operator()(const std::string& value) const { append_quoted(out, value); }
  void operator()(const Array& value) const {
    out += '[';
    for (std::size_t index = 0; index < value.size(); ++index) {
      if (index > 0) out += ',';
      append_value(out, value[index]);
    }
    out += ']';
  }
  void operator()(const Object& value) const {
    out += '{';
    for (std::size_t index = 0; index < value.size(); ++index) {
      if (index > 0) out += ',';
      append_quoted(out, value[index].first);
      out += ':';
      append_value(out, value[index].second);
    }
    out += '}';
  }
};

void append_value(std::string& out, const Value& value) { std::visit(Appender{out}, value.content); }

/// The parser and its padded input, kept for the thread: documents come by the million.
struct Workplace {
  ondemand::parser parser;
  std::string input;
};

}  // namespace

const Value* Value::find(std::string_view name) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  for (const auto& [key, value] : *members)
    if (key == name) return &value;
  return nullptr;
}

std::string Value::text(std::string_view name, std::string_view fallback) const {
  const Value* member = find(name);
  if (member != nullptr && member->string() != nullptr) return *member->string();
  if (member != nullptr && member->number() != nullptr) return member->number()->text;
  return std::string(fallback);
}

std::int64_t Value::integer(std::string_view name, std::int64_t fallback) const {
  const Value* member = find(name);
  if (member == nullptr || member->number() == nullptr) return fallback;
  const std::string& digits = member->number()->text;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc() && end == digits.data() + digits.size()) return number;
  // "1.0" and "1e3" are integers to the services that write them.
  double real = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), real);
  return real >= -9e18 && real <= 9e18 ? static_cast<std::int64_t>(real) : fallback;
}

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (const char byte : text) {
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(byte) < 0x20) {
          out += "\\u00";
          out += hex[static_cast<unsigned char>(byte) >> 4];
          out += hex[byte & 15];
        } else {
          out += byte;
        }
    }
  }
  out += '"';
}

std::string to_text(const Value& value) {
  std::string out;
  append_value(out, value);
  return out;
}

Result<bool> parse_events(std::string_view text, Events& events) {
  // A handler may itself parse (a document within a document), so a nested call gets a workplace of its own.
  thread_local Workplace shared;
  thread_local bool busy = false;
  std::unique_ptr<Workplace> own;
  Workplace& place = busy ? *(own = std::make_unique<Workplace>()) : shared;
  const bool was_busy = std::exchange(busy, true);
  struct Release {
    bool& flag;
    bool before;
    ~Release() { flag = before; }
  } const release{busy, was_busy};

  // Within brackets a scalar is a document like any other, and what follows it is an error of the array.
  place.input.resize(text.size() + 2 + simdjson::SIMDJSON_PADDING);
  place.input[0] = '[';
  if (!text.empty()) std::memcpy(place.input.data() + 1, text.data(), text.size());
  place.input[text.size() + 1] = ']';
  std::memset(place.input.data() + text.size() + 2, 0, simdjson::SIMDJSON_PADDING);

  const auto not_json = [](std::string why) { return fail(ErrorCode::invalid_input, "not JSON: " + std::move(why)); };
  ondemand::document document;
  const simdjson::padded_string_view padded(place.input.data(), text.size() + 2, place.input.size());
  if (const auto error = place.parser.iterate(padded).get(document)) return not_json(words_of(error));
  ondemand::array array;
  if (const auto error = document.get_array().get(array)) return not_json(words_of(error));
  Walker walker(events);
  std::size_t count = 0;
  for (auto each : array) {
    ondemand::value value;
    if (const auto error = each.get(value)) return not_json(words_of(error));
    if (++count > 1) return not_json("more than one document");
    const Outcome outcome = walker.value(value, 0);
    if (outcome == Outcome::stopped) return false;
    if (outcome == Outcome::bad) return not_json(walker.problem);
  }
  if (count == 0) return not_json("nothing there");
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) return not_json("something follows the document");
  return true;
}

Result<Value> parse(std::string_view text) {
  TreeBuilder builder;
  TRY(parse_events(text, builder));
  return builder.take();
}

}  // namespace itemize::json
