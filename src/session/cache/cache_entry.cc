// Layout: magic, key, checksum of all that follows, then fields of a 64-bit length and as many bytes: object,
// diagnostics, and four for each dependency.
#include "session/cache/cache_entry.h"

#include <cstring>

namespace sonde::session {

namespace {

constexpr std::string_view kMagic = "sonde-object-1\n\0";
constexpr size_t kHeader = 16 + 2 * sizeof(Digest);

void put(std::string& to, std::string_view field) {
  uint64_t size = field.size();
  to.append(reinterpret_cast<const char*>(&size), sizeof size);
  to.append(field);
}

std::string_view view(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

bool take(std::string_view& from, std::string_view& field) {
  uint64_t size = 0;
  if (from.size() < sizeof size) return false;
  std::memcpy(&size, from.data(), sizeof size);
  from.remove_prefix(sizeof size);
  if (from.size() < size) return false;
  field = from.substr(0, size);
  from.remove_prefix(size);
  return true;
}

bool take_dependency(std::string_view& from, Dependency& dependency) {
  std::string_view kind, name, identity, digest;
  if (!take(from, kind) || !take(from, name) || !take(from, identity) || !take(from, digest)) return false;
  if (digest.size() != dependency.digest.size() || (kind != "t" && kind != "p")) return false;
  dependency.kind = kind == "t" ? Dependency::Kind::kTracepoint : Dependency::Kind::kPath;
  dependency.name = name;
  dependency.identity = identity;
  std::memcpy(dependency.digest.data(), digest.data(), digest.size());
  return true;
}

}  // namespace

std::string encode(const CacheEntry& entry, const Digest& key) {
  std::string body;
  body.reserve(entry.object.size() + entry.diagnostics.size() + 256 * entry.dependencies.size() + 64);
  put(body, entry.object);
  put(body, entry.diagnostics);
  for (const Dependency& dependency : entry.dependencies) {
    put(body, dependency.kind == Dependency::Kind::kTracepoint ? "t" : "p");
    put(body, dependency.name);
    put(body, dependency.identity);
    put(body, view(dependency.digest));
  }
  std::string bytes(kMagic.data(), 16);
  bytes.append(view(key)).append(view(sha256(body))).append(body);
  return bytes;
}

std::optional<CacheEntry> decode(std::string_view bytes, const Digest& key) {
  if (bytes.size() < kHeader || bytes.substr(0, 16) != std::string_view(kMagic.data(), 16)) return std::nullopt;
  if (bytes.substr(16, sizeof(Digest)) != view(key)) return std::nullopt;
  std::string_view checksum = bytes.substr(16 + sizeof(Digest), sizeof(Digest));
  std::string_view body = bytes.substr(kHeader);
  if (view(sha256(body)) != checksum) return std::nullopt;
  CacheEntry entry;
  std::string_view object, diagnostics;
  if (!take(body, object) || !take(body, diagnostics)) return std::nullopt;
  entry.object = object;
  entry.diagnostics = diagnostics;
  while (!body.empty()) {
    if (!take_dependency(body, entry.dependencies.emplace_back())) return std::nullopt;
  }
  return entry;
}

}  // namespace sonde::session
