// Questions and answers as bytes, in host byte order: both ends are on this machine. The child may have been taken over
// by a hostile file, so its answers are checked like anyone's.
#include "symbols/dwarf_wire.h"

#include <algorithm>
#include <cstring>

namespace sonde::symbols {

namespace {

template <typename Number>
void put(std::string& body, Number value) {
  body.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_text(std::string& body, std::string_view text) {
  text = text.substr(0, kMaxFrameText);
  put(body, static_cast<uint32_t>(text.size()));
  body.append(text);
}

// Reads until the first thing that does not fit; then all that follows is empty and good() is false.
class Reader {
 public:
  explicit Reader(std::string_view left) : left_(left) {}

  template <typename Number>
  Number number() {
    Number value{};
    if (!take(sizeof value)) return value;
    std::memcpy(&value, taken_.data(), sizeof value);
    return value;
  }

  std::string text() {
    size_t length = number<uint32_t>();
    return length <= kMaxFrameText && take(length) ? std::string(taken_) : fail();
  }

  bool good() const { return good_; }
  bool at_end() const { return left_.empty(); }

 private:
  bool take(size_t size) {
    if (!good_ || size > left_.size()) return good_ = false;
    taken_ = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
  }

  std::string fail() {
    good_ = false;
    return {};
  }

  std::string_view left_, taken_;
  bool good_ = true;
};

FramesResult read_answer(Reader& reader) {
  uint32_t count = reader.number<uint32_t>();
  if (count == 0) {
    uint32_t kind = std::min(reader.number<uint32_t>(), static_cast<uint32_t>(ErrorKind::kTimeout));
    return base::fail(static_cast<ErrorKind>(kind), reader.text());
  }
  std::vector<Frame> frames;
  for (uint32_t i = 0; i < count && i < kMaxFrames && reader.good(); ++i) {
    Frame frame;
    frame.function = reader.text();
    frame.file = reader.text();
    frame.line = reader.number<uint32_t>();
    frame.column = reader.number<uint32_t>();
    frame.inlined = reader.number<uint8_t>() != 0;
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace

std::string encode_addresses(const uint64_t* addresses, size_t count) {
  return {reinterpret_cast<const char*>(addresses), count * sizeof *addresses};
}

Result<std::vector<uint64_t>> decode_addresses(std::string_view body) {
  size_t count = body.size() / sizeof(uint64_t);
  if (count == 0 || count > kMaxAddresses || body.size() % sizeof(uint64_t) != 0) {
    return base::fail(ErrorKind::kInvalid, "a question of the wrong length");
  }
  std::vector<uint64_t> addresses(count);
  std::memcpy(addresses.data(), body.data(), body.size());
  return addresses;
}

void encode_answer(const FramesResult& answer, std::string& body) {
  if (!answer || answer->empty()) {
    put(body, uint32_t{0});
    put(body, static_cast<uint32_t>(answer ? ErrorKind::kNotFound : answer.error().kind));
    put_text(body, answer ? "no function" : std::string_view(answer.error().what));
    return;
  }
  size_t count = std::min(answer->size(), kMaxFrames);
  put(body, static_cast<uint32_t>(count));
  for (size_t i = 0; i < count; ++i) {
    const Frame& frame = (*answer)[i];
    put_text(body, frame.function);
    put_text(body, frame.file);
    put(body, uint32_t{frame.line});
    put(body, uint32_t{frame.column});
    put(body, static_cast<uint8_t>(frame.inlined));
  }
}

Result<std::vector<FramesResult>> decode_answers(std::string_view body, size_t limit) {
  Reader reader(body);
  std::vector<FramesResult> answers;
  while (reader.good() && !reader.at_end() && answers.size() < limit) answers.push_back(read_answer(reader));
  if (answers.empty() || !reader.good() || !reader.at_end())
    return base::fail(ErrorKind::kInvalid, "answers that make no sense");
  return answers;
}

}  // namespace sonde::symbols
