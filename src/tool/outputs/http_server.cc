#include "tool/outputs/http_server.h"

#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include <fmt/format.h>

#include "tool/text/number.h"

namespace sonde::tool {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr size_t kMaxRequest = 8192;
constexpr milliseconds kMaxTime{5000};
constexpr const char* kHint = "[ADDRESS:]PORT, for instance 9435, 0.0.0.0:9435 or [::1]:9435";

struct AddressDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

bool wait_for(int fd, short events, Clock::time_point until) {
  pollfd wanted{fd, events, 0};
  auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
  return left > 0 && ::poll(&wanted, 1, static_cast<int>(left)) == 1;
}

std::string read_request(int fd, Clock::time_point until) {
  std::string request;
  char part[1024];
  while (request.size() < kMaxRequest && request.find("\r\n\r\n") == std::string::npos) {
    if (!wait_for(fd, POLLIN, until)) return "";
    ssize_t count = ::recv(fd, part, sizeof part, MSG_DONTWAIT);
    if (count <= 0) return "";
    request.append(part, static_cast<size_t>(count));
  }
  return request;
}

void write_all(int fd, std::string_view bytes, Clock::time_point until) {
  while (!bytes.empty() && wait_for(fd, POLLOUT, until)) {
    ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

std::string header_of(const std::string& request, std::string_view name) {
  for (size_t at = request.find("\r\n"); at != std::string::npos; at = request.find("\r\n", at)) {
    at += 2;
    if (::strncasecmp(request.c_str() + at, name.data(), name.size()) != 0) continue;
    size_t end = request.find("\r\n", at);
    return request.substr(at + name.size(), end - at - name.size());
  }
  return "";
}

std::string response(const char* status, const HttpServer::Page& page, bool with_body) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", status,
                     page.content_type, page.body.size(), with_body ? page.body : "");
}

Result<base::Fd> listen_at(const ListenPlace& place) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (int code = ::getaddrinfo(place.address.c_str(), place.port.c_str(), &wanted, &found); code != 0) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{} is not an address: {}", place.address, ::gai_strerror(code)),
                      kHint);
  }
  std::unique_ptr<addrinfo, AddressDeleter> list(found);
  base::Fd listener(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  int on = 1;
  (void)::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!listener.valid() || ::bind(listener.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(listener.get(), 16) != 0) {
    int code = errno;
    const char* hint = code == EADDRINUSE      ? "another program listens there: choose another port"
                       : code == EADDRNOTAVAIL ? "it has to be an address of this machine: `ip address` lists them"
                                               : "";
    return base::fail_errno(code, fmt::format("cannot listen at {} port {}", place.address, place.port), hint);
  }
  return listener;
}

std::string port_of(int listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char port[NI_MAXSERV] = "";
  (void)::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  (void)::getnameinfo(reinterpret_cast<sockaddr*>(&address), size, nullptr, 0, port, sizeof port, NI_NUMERICSERV);
  return port;
}

}  // namespace

Result<ListenPlace> read_listen_place(const std::string& text) {
  size_t colon = text.rfind(':');
  ListenPlace place{"127.0.0.1", text};
  if (colon != std::string::npos) place = {text.substr(0, colon), text.substr(colon + 1)};
  bool in_brackets = place.address.starts_with('[') && place.address.ends_with(']') && place.address.size() > 2;
  if (in_brackets) place.address = place.address.substr(1, place.address.size() - 2);
  bool is_ambiguous = !in_brackets && place.address.find_first_of(":[]") != std::string::npos;  // ::1:80
  if (is_ambiguous || place.address.empty()) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{} is not an address and a port", text), kHint);
  }
  Result<uint64_t> port = number_in({0, 65535}, place.port);
  if (!port) return base::fail(ErrorKind::kInvalid, port.error().what, kHint);
  return place;
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(const std::string& text, const std::string& path,
                                                     MakePage make_page) {
  ASSIGN_OR_RETURN(ListenPlace place, read_listen_place(text));
  ASSIGN_OR_RETURN(base::Fd listener, listen_at(place));
  base::Fd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop.valid()) return base::fail_errno(errno, "cannot make an eventfd");
  bool is_6 = place.address.find(':') != std::string::npos;
  std::string host = is_6 ? "[" + place.address + "]" : place.address;
  std::string url = fmt::format("http://{}:{}{}", host, port_of(listener.get()), path);
  return std::unique_ptr<HttpServer>(
      new HttpServer(std::move(listener), std::move(stop), std::move(url), path, std::move(make_page)));
}

HttpServer::HttpServer(base::Fd listener, base::Fd stop, std::string url, std::string path, MakePage make_page)
    : listener_(std::move(listener)),
      stop_(std::move(stop)),
      url_(std::move(url)),
      path_(std::move(path)),
      make_page_(std::move(make_page)) {
  // Signals go to the thread that runs the tool: its waits must be interrupted, not this one's.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { serve(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

HttpServer::~HttpServer() {
  uint64_t one = 1;
  (void)!::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

void HttpServer::serve() {
  while (true) {
    pollfd wanted[] = {{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    if (::poll(wanted, 2, -1) < 0 && errno != EINTR) return;
    if (wanted[1].revents) return;
    base::Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection.valid()) answer(connection.get());
  }
}

void HttpServer::answer(int connection) const {
  Clock::time_point until = Clock::now() + kMaxTime;
  std::string request = read_request(connection, until);
  if (request.empty()) return;
  write_all(connection, response_to(request), until);
  // What the client still sends must be read, or closing discards the answer on its way.
  (void)::shutdown(connection, SHUT_WR);
  char rest[1024];
  for (int i = 0; i < 8 && wait_for(connection, POLLIN, until); ++i) {
    if (::recv(connection, rest, sizeof rest, MSG_DONTWAIT) <= 0) break;
  }
}

std::string HttpServer::response_to(const std::string& request) const {
  const Page kNothing{"text/plain; charset=utf-8", fmt::format("metrics are at {}\n", path_)};
  size_t method_end = request.find(' '), path_end = request.find_first_of(" ?\r", method_end + 1);
  if (method_end == std::string::npos || path_end == std::string::npos ||
      request.find("\r\n\r\n") == std::string::npos) {
    return response("400 Bad Request", kNothing, true);
  }
  std::string method = request.substr(0, method_end), path = request.substr(method_end + 1, path_end - method_end - 1);
  bool with_body = method == "GET";
  if (!with_body && method != "HEAD") return response("405 Method Not Allowed", kNothing, true);
  if (path != path_) return response("404 Not Found", kNothing, with_body);
  return response("200 OK", make_page_(header_of(request, "accept:")), with_body);
}

}  // namespace sonde::tool
