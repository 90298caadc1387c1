// Reading answers of name servers. They come from the network: nothing in them is trusted.
#include "tool/formats/dns_names.h"

#include <optional>

namespace sonde::tool {
namespace {

constexpr size_t kHeader = 12, kMaxName = 255, kMaxKnown = 10'000;
constexpr int kMaxPointers = 16, kMaxRecords = 64;
constexpr unsigned kAddress4 = 1, kAddress6 = 28, kInternet = 1;
constexpr unsigned kIsAnswer = 0x8000;

class Message {
 public:
  explicit Message(std::string_view bytes) : bytes_(bytes), at_(kHeader) {}

  // Of the header: flags at 2, questions at 4, answers at 6.
  unsigned word_at(size_t at) const {
    return at + 2 <= bytes_.size()
               ? static_cast<unsigned char>(bytes_[at]) << 8 | static_cast<unsigned char>(bytes_[at + 1])
               : 0;
  }

  std::optional<unsigned> word() {
    if (at_ + 2 > bytes_.size()) return std::nullopt;
    at_ += 2;
    return word_at(at_ - 2);
  }

  std::optional<std::string_view> take(size_t length) {
    if (length > bytes_.size() - at_) return std::nullopt;
    at_ += length;
    return bytes_.substr(at_ - length, length);
  }

  // Labels up to an empty one; two high bits say that the rest stands elsewhere.
  std::optional<std::string> name() {
    std::string name;
    size_t at = at_;
    bool is_elsewhere = false;
    for (int pointers = 0; at < bytes_.size();) {
      auto length = static_cast<unsigned char>(bytes_[at]);
      if (length >= 0xc0) {
        if (!is_elsewhere) at_ = at + 2;
        is_elsewhere = true;
        if (at + 2 > bytes_.size() || ++pointers > kMaxPointers) return std::nullopt;
        at = word_at(at) & 0x3fff;
        continue;
      }
      if (length == 0) {
        if (!is_elsewhere) at_ = at + 1;
        return name;
      }
      if (at + 1 + length > bytes_.size() || name.size() + length > kMaxName) return std::nullopt;
      name += (name.empty() ? "" : ".") + std::string(bytes_.substr(at + 1, length));
      at += 1 + length;
    }
    return std::nullopt;
  }

 private:
  std::string_view bytes_;
  size_t at_;
};

struct Answer {
  unsigned type = 0, kind = 0;
  uint64_t seconds = 0;
  std::string_view data;
};

std::optional<Answer> read_answer(Message& message) {
  if (!message.name()) return std::nullopt;
  auto type = message.word(), kind = message.word(), high = message.word(), low = message.word(),
       length = message.word();
  if (!length) return std::nullopt;
  auto data = message.take(*length);
  if (!data) return std::nullopt;
  return Answer{*type, *kind, uint64_t{*high} << 16 | *low, *data};
}

bool is_address(const Answer& answer) {
  return answer.kind == kInternet && ((answer.type == kAddress4 && answer.data.size() == 4) ||
                                      (answer.type == kAddress6 && answer.data.size() == 16));
}

}  // namespace

void DnsNames::add(std::string_view bytes, uint64_t now_ns) {
  Message message(bytes);
  if (bytes.size() < kHeader || !(message.word_at(2) & kIsAnswer) || message.word_at(4) != 1) return;
  auto host = message.name();
  if (!host || host->empty() || !message.word() || !message.word()) return;
  for (unsigned i = 0; i < message.word_at(6) && i < kMaxRecords; ++i) {
    auto answer = read_answer(message);
    if (!answer) return;
    if (!is_address(*answer)) continue;
    if (known_.size() >= kMaxKnown) known_.clear();
    known_[std::string(answer->data)] = {*host, now_ns, now_ns + answer->seconds * 1'000'000'000};
  }
}

const DnsNames::Known* DnsNames::find(std::string_view address, uint64_t now_ns) const {
  auto found = known_.find(address);
  return found == known_.end() || found->second.end_ns < now_ns ? nullptr : &found->second;
}

}  // namespace sonde::tool
