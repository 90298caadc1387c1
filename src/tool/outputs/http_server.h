// A page over HTTP/1.1, for whoever may connect: one connection at a time, a request of at most 8 KiB, in 5 seconds.
// Debian's libraries for this bring TLS with them, and sonde would load it each time it starts.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::tool {

class HttpServer {
 public:
  struct Page {
    std::string content_type, body;
  };
  // `accept`: what the request's Accept header says. Called in the server's thread.
  using MakePage = std::function<Page(const std::string& accept)>;

  // Listens at `place`, "[ADDRESS:]PORT" (127.0.0.1 unless it says otherwise; IPv6 in brackets; port 0: any), and
  // answers requests for `path` until it is destroyed.
  static Result<std::unique_ptr<HttpServer>> open(const std::string& place, const std::string& path,
                                                  MakePage make_page);
  ~HttpServer();

  const std::string& url() const { return url_; }  // "http://127.0.0.1:9435/metrics"

 private:
  HttpServer(base::Fd listener, base::Fd stop, std::string url, std::string path, MakePage make_page);
  void serve();
  void answer(int connection) const;
  std::string response_to(const std::string& request) const;

  base::Fd listener_, stop_;
  std::string url_, path_;
  MakePage make_page_;
  std::thread thread_;
};

// The parts of "[ADDRESS:]PORT".
struct ListenPlace {
  std::string address, port;
};
Result<ListenPlace> read_listen_place(const std::string& text);

}  // namespace sonde::tool
