#include <charconv>

#include "aws/http.h"
#include "base/text.h"

namespace itemize::aws {
namespace {

int default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

std::unexpected<Error> not_a_url(std::string_view text, const char* why) {
  return fail(ErrorCode::invalid_input, "'" + std::string(text) + "' is not an endpoint URL: " + why,
              "write it as https://dynamodb.eu-west-1.amazonaws.com or http://127.0.0.1:8000");
}

}  // namespace

std::string Url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != default_port(scheme)) text += ":" + std::to_string(port);
  return text;
}

bool Url::is_loopback() const { return host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "::1"; }

Result<Url> parse_url(std::string_view text) {
  Url url;
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return not_a_url(text, "it has no http:// or https://");
  url.scheme = lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") return not_a_url(text, "only http and https are known");

  std::string_view rest = text.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t authority_end = rest.find_first_of("/?");
  std::string_view authority = rest.substr(0, authority_end);
  if (authority_end != std::string_view::npos) {
    const std::string_view tail = rest.substr(authority_end);
    const std::size_t question = tail.find('?');
    url.path = tail.substr(0, question);
    if (question != std::string_view::npos) url.query = tail.substr(question + 1);
  }
  if (url.path.empty()) url.path = "/";
  if (authority.find('@') != std::string_view::npos)
    return not_a_url(text.substr(0, scheme_end + 3), "it must not hold a user or password");

  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return not_a_url(text, "'[' without ']'");
    url.host = authority.substr(1, bracket - 1);
    authority.remove_prefix(bracket + 1);
    if (authority.starts_with(':')) port = authority.substr(1);
  } else {
    const std::size_t colon = authority.rfind(':');
    url.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) port = authority.substr(colon + 1);
  }
  if (url.host.empty()) return not_a_url(text, "it names no host");
  url.port = default_port(url.scheme);
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || end != port.data() + port.size() || url.port < 1 || url.port > 65535)
      return not_a_url(text, "its port is not a number from 1 to 65535");
  }
  return url;
}

}  // namespace itemize::aws
