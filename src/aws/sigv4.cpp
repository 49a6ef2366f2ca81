#include "aws/sigv4.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

#include "base/text.h"

namespace itemize::aws {
namespace {

/// Headers that hops on the way may change: never signed.
bool is_unsigned(std::string_view name) {
  static constexpr std::array<std::string_view, 12> names = {
      "authorization", "connection",        "expect",  "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
      "trailer",       "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id"};
  return std::ranges::find(names, name) != names.end();
}

bool is_space(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

/// Trimmed, with each run of white space as one space.
void append_value(std::string& out, std::string_view value) {
  bool gap = false;
  const std::size_t start = out.size();
  for (const char byte : value) {
    if (is_space(byte)) {
      gap = true;
      continue;
    }
    if (gap && out.size() > start) out += ' ';
    gap = false;
    out += byte;
  }
}

/// RFC 3986, 5.2.4, as the AWS SDKs apply it: "." and empty segments go, ".." takes the segment before it.
std::string normalised_path(std::string_view path) {
  std::vector<std::string_view> kept;
  std::string_view rest = path;
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  std::string out = path.starts_with('/') ? "/" : "";
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (i > 0) out += '/';
    out += kept[i];
  }
  if (path.ends_with('/') && !kept.empty()) out += '/';
  return out;
}

void append_encoded_path(std::string& out, std::string_view path) {
  static constexpr char digits[] = "0123456789ABCDEF";
  for (const char byte : path) {
    const bool plain = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
                       byte == '.' || byte == '_' || byte == '~' || byte == '/';
    if (plain) {
      out += byte;
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    out += '%';
    out += digits[value >> 4];
    out += digits[value & 15];
  }
}

void append_query(std::string& out, std::string_view query) {
  if (query.empty()) return;
  std::vector<std::pair<std::string_view, std::string_view>> parameters;
  while (true) {
    const std::size_t end = query.find('&');
    const std::string_view parameter = query.substr(0, end);
    const std::size_t equals = parameter.find('=');
    parameters.emplace_back(parameter.substr(0, equals),
                            equals == std::string_view::npos ? std::string_view{} : parameter.substr(equals + 1));
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  std::ranges::sort(parameters);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) out += '&';
    out.append(parameters[i].first).append("=").append(parameters[i].second);
  }
}

void append_headers(std::string& out, std::string& signed_headers, std::span<const std::pair<std::string_view, std::string_view>> headers) {
  std::vector<std::pair<std::string, std::string_view>> sorted;
  sorted.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    std::string key = lower(name);
    if (!is_unsigned(key)) sorted.emplace_back(std::move(key), value);
  }
  std::ranges::stable_sort(sorted, {}, [](const auto& header) -> const std::string& { return header.first; });
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool again = i > 0 && sorted[i].first == sorted[i - 1].first;
    if (again) {
      out.back() = ',';  // the newline of the value before
    } else {
      if (!signed_headers.empty()) signed_headers += ';';
      signed_headers += sorted[i].first;
      out.append(sorted[i].first).append(":");
    }
    std::string value;
    append_value(value, sorted[i].second);
    out.append(value).append("\n");
  }
}

}  // namespace

std::string amz_date(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return text.data();
}

std::string Signer::canonical_request(const SigningInput& input, std::string& signed_headers) const {
  std::string text;
  text.reserve(512);
  text.append(input.method).append("\n");
  if (service_ == "s3")
    text.append(input.path.empty() ? "/" : input.path);
  else
    append_encoded_path(text, normalised_path(input.path.empty() ? "/" : input.path));
  text += '\n';
  append_query(text, input.query);
  text += '\n';
  signed_headers.clear();
  append_headers(text, signed_headers, input.headers);
  text.append("\n").append(signed_headers).append("\n").append(input.payload_sha256);
  return text;
}

const Digest& Signer::signing_key(const Credentials& credentials, std::string_view day) {
  if (day == key_day_ && credentials.secret_access_key == key_secret_) return key_;
  const Digest date_key = hmac_sha256("AWS4" + credentials.secret_access_key, day);
  const Digest region_key = hmac_sha256(bytes_of(date_key), region_);
  const Digest service_key = hmac_sha256(bytes_of(region_key), service_);
  key_ = hmac_sha256(bytes_of(service_key), "aws4_request");
  key_day_ = day;
  key_secret_ = credentials.secret_access_key;
  return key_;
}

std::string Signer::authorization(const SigningInput& input, const Credentials& credentials, std::string_view date) {
  std::string signed_headers;
  const std::string request = canonical_request(input, signed_headers);
  const std::string_view day = date.substr(0, 8);
  std::string scope;
  scope.append(day).append("/").append(region_).append("/").append(service_).append("/aws4_request");
  std::string to_sign = "AWS4-HMAC-SHA256\n";
  to_sign.append(date).append("\n").append(scope).append("\n").append(sha256_hex(request));
  const Digest signature = hmac_sha256(bytes_of(signing_key(credentials, day)), to_sign);
  std::string header = "AWS4-HMAC-SHA256 Credential=";
  header.append(credentials.access_key_id).append("/").append(scope).append(", SignedHeaders=").append(signed_headers);
  header.append(", Signature=").append(hex(signature));
  return header;
}

}  // namespace itemize::aws
