// systemd's journal, by its native protocol: a datagram of lines FIELD=value (systemd.io/JOURNAL_NATIVE_PROTOCOL).
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::frame {

class Journal {
 public:
  // `identifier`: what `journalctl -t` asks for.
  static Result<Journal> open(const std::string& identifier);

  // `record`'s members are fields SONDE_NAME. What the journal does not take is lost to it.
  void send(const std::string& message, const nlohmann::ordered_json& record) const;

 private:
  Journal(base::Fd socket, std::string identifier) : socket_(std::move(socket)), identifier_(std::move(identifier)) {}

  base::Fd socket_;
  std::string identifier_;
};

}  // namespace sonde::frame
