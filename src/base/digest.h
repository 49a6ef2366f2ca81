// Digests: SHA-256 and HMAC-SHA-256 over OpenSSL's EVP, whose headers stay in digest.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace itemize {

/// 32 raw bytes of a SHA-256 (FIPS 180-4) or HMAC-SHA-256 (RFC 2104).
using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 of bytes that come piece by piece. One thread; not copyable.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  /// The digest of all that came since construction or the last finish(); the object starts anew.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// Raw bytes of a digest as a view, to be used as the next HMAC's key (SigV4's chain). Valid while `digest` lives.
inline std::string_view bytes_of(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

/// Lower-case hexadecimal, as SigV4 and sha256sum write it.
std::string hex(std::string_view bytes);
inline std::string hex(const Digest& digest) { return hex(bytes_of(digest)); }
/// hex(sha256(bytes)).
std::string sha256_hex(std::string_view bytes);

}  // namespace itemize
