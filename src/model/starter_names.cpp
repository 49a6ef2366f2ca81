#include "model/starter_names.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "model/names.h"

namespace itemize::model {

namespace {

bool is_name_byte(char c, std::string_view extra) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || extra.find(c) != extra.npos;
}

/// Every character that is not allowed becomes one `instead`; a character of several bytes becomes one, too.
std::string sanitised(std::string_view name, std::string_view allowed, char instead) {
  std::string result;
  for (const char c : name) {
    if (is_name_byte(c, allowed))
      result += c;
    else if ((c & 0xC0) != 0x80)
      result += instead;
  }
  return result;
}

std::string pascal(std::string_view name) { return apply_naming(Naming::pascal_case, sanitised(name, "_", '_')); }

/// `name`, or `name` with the first number behind it that makes it new.
std::string make_unique(std::string name, std::set<std::string>& taken, bool ignore_case, std::size_t longest) {
  if (name.size() > longest - 8) name.resize(longest - 8);
  for (int number = 1;; ++number) {
    std::string candidate = number == 1 ? name : name + "_" + std::to_string(number);
    if (taken.insert(ignore_case ? lower(candidate) : candidate).second) return candidate;
  }
}

bool has_word(std::string_view column, std::span<const std::string_view> words) {
  const std::string name = lower(apply_naming(Naming::snake_case, column));
  return std::ranges::any_of(words, [&](std::string_view word) {
    for (std::size_t at = name.find(word); at != std::string::npos; at = name.find(word, at + 1)) {
      const bool starts = at == 0 || name[at - 1] == '_';
      const std::size_t end = at + word.size();
      // Short words only as whole words: "pin" is not in "pinned".
      if (starts && (word.size() > 4 || end == name.size() || name[end] == '_')) return true;
    }
    return false;
  });
}

}  // namespace

std::string singular(std::string_view word) {
  const std::string small = lower(word);
  const auto ends = [&](std::string_view end) { return small.size() > end.size() + 1 && small.ends_with(end); };
  static constexpr std::array same = {"news",     "series", "species", "status", "address", "data",  "media",
                                      "analysis", "basis",  "sms",     "gps",    "dns",     "https", "aws"};
  if (std::ranges::any_of(same, [&](std::string_view one) { return small == one || small.ends_with("_" + std::string(one)); }))
    return std::string(word);
  if (ends("ies") && small.size() > 4) return std::string(word.substr(0, word.size() - 3)) + "y";
  for (const std::string_view end : {"sses", "shes", "ches", "xes", "zzes"})
    if (ends(end)) return std::string(word.substr(0, word.size() - 2));
  if (ends("buses") || ends("viruses") || ends("bonuses") || ends("statuses") || ends("campuses"))
    return std::string(word.substr(0, word.size() - 2));
  for (const std::string_view end : {"ss", "us", "is", "os"})
    if (ends(end)) return std::string(word);
  if (ends("s") && small.size() > 3) return std::string(word.substr(0, word.size() - 1));
  return std::string(word);
}

std::string StarterNames::item_type(const row::Table& table) {
  const std::string plural = pascal(table.name);
  std::string name = pascal(singular(table.name));
  // A name that is only what replaced other letters says nothing.
  if (name.find_first_not_of("_") == std::string::npos) name = "Table";
  if (item_types_.contains(lower(name)) && plural.find_first_not_of("_") != std::string::npos) name = plural;
  if (item_types_.contains(lower(name)) && !table.schema.empty()) name = pascal(table.schema) + name;
  return make_unique(name, item_types_, true, 128);
}

std::string StarterNames::dynamo_table(const row::Table& table) {
  std::string name = sanitised(table.default_schema || table.schema.empty() ? table.name : table.schema + "." + table.name, "_-.", '_');
  if (name.size() < 3) name += name.empty() ? "table" : "_table";
  return make_unique(name, tables_, false, 255);
}

bool looks_secret(std::string_view column) {
  static constexpr std::array<std::string_view, 10> words = {"password", "passwd",  "pwd",         "passphrase", "secret",
                                                             "token",    "api_key", "private_key", "otp",        "pin"};
  return has_word(column, words);
}

bool looks_sensitive(std::string_view column) {
  static constexpr std::array<std::string_view, 26> words = {
      "email",     "e_mail", "mail",          "phone",       "mobile",      "fax",         "ssn",          "social_security", "tax_id",
      "passport",  "iban",   "bic",           "card_number", "credit_card", "cvv",         "cvc",          "birth",           "birthday",
      "birthdate", "dob",    "date_of_birth", "salary",      "ip_address",  "national_id", "bank_account", "health"};
  return looks_secret(column) || has_word(column, words);
}

}  // namespace itemize::model
