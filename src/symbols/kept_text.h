// Text that stays where it is until its owner goes: names that views are given out of.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace sonde::symbols {

// Each text once kept is a length and its bytes, in blocks. Not for several threads at once.
class KeptText {
 public:
  // The length, 4 bytes, stands before the text.
  const char* keep(std::string_view text) {
    size_t size = sizeof(uint32_t) + text.size();
    char* at = place(size);
    uint32_t length = static_cast<uint32_t>(text.size());
    std::memcpy(at, &length, sizeof length);
    std::memcpy(at + sizeof length, text.data(), text.size());
    return at + sizeof length;
  }
  static std::string_view view(const char* kept) {
    uint32_t length;
    std::memcpy(&length, kept - sizeof length, sizeof length);
    return {kept, length};
  }
  size_t memory() const { return memory_; }

 private:
  static constexpr size_t kBlock = 32u << 10;

  char* place(size_t size) {
    if (size > kBlock / 4) return new_block(size);
    if (left_ < size) {
      next_ = new_block(kBlock);
      left_ = kBlock;
    }
    char* at = next_;
    next_ += size;
    left_ -= size;
    return at;
  }
  char* new_block(size_t size) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    memory_ += size;
    return blocks_.back().get();
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t memory_ = 0;
};

// The same text is kept once.
class KeptSet {
 public:
  std::string_view keep(std::string_view text) {
    auto found = known_.find(text);
    if (found == known_.end()) found = known_.insert(KeptText::view(texts_.keep(text))).first;
    return *found;
  }

 private:
  KeptText texts_;
  std::unordered_set<std::string_view> known_;
};

}  // namespace sonde::symbols
