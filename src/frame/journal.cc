// Records to the journal.
#include "frame/journal.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "frame/json_line.h"

namespace sonde::frame {
namespace {

constexpr char kSocket[] = "/run/systemd/journal/socket";
constexpr int kInformational = 6;  // LOG_INFO

// A value with line breaks has its length in front.
std::string field(std::string name, const std::string& value) {
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(c)) : '_';
  if (value.find('\n') == std::string::npos) return fmt::format("{}={}\n", name, value);
  std::string length;
  for (unsigned i = 0; i < 64; i += 8) length += static_cast<char>(value.size() >> i & 0xff);
  return fmt::format("{}\n{}{}\n", name, length, value);
}

}  // namespace

Result<Journal> Journal::open(const std::string& identifier) {
  base::Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, kSocket, sizeof kSocket);
  if (!socket.valid() || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return base::fail_errno(errno, fmt::format("no journal listens at {}", kSocket), "systemd-journald does, where systemd runs");
  }
  return Journal(std::move(socket), identifier);
}

void Journal::send(const std::string& message, const nlohmann::ordered_json& record) const {
  std::string text = field("SYSLOG_IDENTIFIER", identifier_) + field("PRIORITY", std::to_string(kInformational)) + field("MESSAGE", message);
  for (const auto& [name, value] : record.items()) {
    text += field("SONDE_" + name, value.is_string() ? value.get<std::string>() : json_line(value));
  }
  (void)::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

}  // namespace sonde::frame
