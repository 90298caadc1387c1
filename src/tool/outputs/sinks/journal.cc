// Records to systemd's journal, by its native protocol: a datagram of lines FIELD=value
// (https://systemd.io/JOURNAL_NATIVE_PROTOCOL). The members of a record are fields SONDE_NAME.

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/fd.h"
#include "tool/formats/json_line.h"
#include "tool/outputs/sink.h"

namespace sonde::tool {
namespace {

constexpr char kSocket[] = "/run/systemd/journal/socket";
constexpr int kInformational = 6;  // LOG_INFO
constexpr timeval kPatience{.tv_sec = 0, .tv_usec = 100'000};

// A value with line breaks has its length in front.
std::string field(std::string name, const std::string& value) {
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(c)) : '_';
  if (value.find('\n') == std::string::npos) return fmt::format("{}={}\n", name, value);
  std::string length;
  for (unsigned i = 0; i < 64; i += 8) length += static_cast<char>(value.size() >> i & 0xff);
  return fmt::format("{}\n{}{}\n", name, length, value);
}

class JournalSink : public Sink {
 public:
  JournalSink(base::Fd socket, std::string identifier)
      : socket_(std::move(socket)), identifier_(std::move(identifier)) {}

  // A journal that does not read within kPatience costs the record, and the ones after it until it reads again: a tool
  // that waits for its log loses events.
  void put(const Record& record) override {
    std::string text = field("SYSLOG_IDENTIFIER", identifier_) + field("PRIORITY", std::to_string(kInformational)) +
                       field("MESSAGE", record.text());
    const nlohmann::ordered_json members = record.json();
    for (const auto& [name, value] : members.items()) {
      text += field("SONDE_" + name, value.is_string() ? value.get<std::string>() : json_line(value));
    }
    const int waiting = behind_ ? MSG_DONTWAIT : 0;
    behind_ = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | waiting) < 0;
    records_ += 1;
    lost_ += behind_;
  }

  Status end() override {
    if (lost_ == 0) return {};
    return base::fail(ErrorKind::kFailed, fmt::format("the journal did not take {} of {} records", lost_, records_),
                      "a filter of the tool makes them fewer");
  }

 private:
  base::Fd socket_;
  std::string identifier_;  // what `journalctl -t` asks for
  bool behind_ = false;     // it did not take the last record
  uint64_t records_ = 0, lost_ = 0;
};

Result<std::unique_ptr<Sink>> make(const SinkContext& context, const std::string&) {
  base::Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, kSocket, sizeof kSocket);
  if (!socket.valid() || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return base::fail_errno(errno, fmt::format("no journal listens at {}", kSocket),
                            "systemd-journald does, where systemd runs");
  }
  (void)::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  return std::make_unique<JournalSink>(std::move(socket), context.tool);
}

}  // namespace

const SinkKind& journal_sink() {
  static const SinkKind kKind{.name = "journal",
                              .help = "send the records to systemd's journal as well",
                              .place = SinkKind::Place::kBeside,
                              .make = make};
  return kKind;
}

}  // namespace sonde::tool
