// SHA-256, by nettle: names of cache entries, and whether bytes are still what they were.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <nettle/sha2.h>

namespace sonde::session {

using Digest = std::array<uint8_t, SHA256_DIGEST_SIZE>;

class Sha256 {
 public:
  Sha256() { sha256_init(&context_); }

  void add(std::string_view bytes) {
    sha256_update(&context_, bytes.size(), reinterpret_cast<const uint8_t*>(bytes.data()));
  }

  // A field whose end cannot be taken for the beginning of the next.
  void add_field(std::string_view bytes) {
    uint64_t size = bytes.size();
    add({reinterpret_cast<const char*>(&size), sizeof size});
    add(bytes);
  }

  Digest finish() {
    Digest digest;
    sha256_digest(&context_, digest.size(), digest.data());
    return digest;
  }

 private:
  sha256_ctx context_;
};

inline Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

std::string to_hex(const Digest& digest);

}  // namespace sonde::session
