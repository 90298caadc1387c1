// String arena with stable addresses, for names that callers hold string_views into.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace sonde::symbols {

// Each text once kept is its bytes with their number before them, in blocks. Not for several threads at once.
class StringArena {
 public:
  static constexpr size_t kLargestBlock = 32u << 10;

  struct Place {
    uint32_t block;     // they are counted from 0
    const char* start;  // of the block
    const char* text;   // for view(); in a block of its own if it is long, and never at its start
  };
  // As long as this lives.
  Place keep_in_block(std::string_view text) {
    bool is_long = text.size() >= kLong;
    Space space = make_space(text.size() + (is_long ? 1 + sizeof(size_t) : 1));
    char* at = space.at;
    if (is_long) {
      size_t size = text.size();
      std::memcpy(at, &size, sizeof size);
      at += sizeof size;
    }
    *at++ = static_cast<char>(is_long ? kLong : text.size());
    std::memcpy(at, text.data(), text.size());
    return {space.block, blocks_[space.block].get(), at};
  }
  const char* keep(std::string_view text) { return keep_in_block(text).text; }

  static std::string_view view(const char* kept) {
    size_t size = static_cast<unsigned char>(kept[-1]);
    if (size == kLong) std::memcpy(&size, kept - 1 - sizeof size, sizeof size);
    return {kept, size};
  }

 private:
  static constexpr size_t kLong = 255;
  static constexpr size_t kSmallestBlock = 512;
  struct Space {
    char* at;
    uint32_t block;
  };

  Space make_space(size_t size) {
    if (left_ < size) {
      if (size > kLargestBlock / 4) return {new_block(size), static_cast<uint32_t>(blocks_.size() - 1)};
      left_ = std::clamp(used_ / 32, kSmallestBlock, kLargestBlock);  // little is left over, however much there will be
      left_ = std::max(left_, size);
      next_ = new_block(left_);
      current_ = static_cast<uint32_t>(blocks_.size() - 1);
    }
    char* at = next_;
    next_ += size;
    left_ -= size;
    return {at, current_};
  }
  char* new_block(size_t size) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    used_ += size;
    return blocks_.back().get();
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  uint32_t current_ = 0;  // the block that is being filled
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t used_ = 0;
};

// The same text is kept once.
class StringSet {
 public:
  std::string_view keep(std::string_view text) {
    auto found = known_.find(text);
    if (found == known_.end()) found = known_.insert(StringArena::view(texts_.keep(text))).first;
    return *found;
  }

 private:
  StringArena texts_;
  std::unordered_set<std::string_view> known_;
};

}  // namespace sonde::symbols
