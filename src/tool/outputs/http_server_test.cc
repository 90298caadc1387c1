#include "tool/outputs/http_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sonde::tool {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto page = [](const std::string& accept) { return HttpServer::Page{"text/plain", "accepts" + accept + "\n"}; };
    auto opened = HttpServer::open("0", "/metrics", page);
    ASSERT_TRUE(opened) << opened.error().what;
    server_ = std::move(*opened);
  }

  int connected() const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::string& url = server_->url();
    address.sin_port = htons(static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return fd;
  }

  std::string answer_to(const std::string& request) const {
    int fd = connected();
    (void)!::write(fd, request.data(), request.size());
    std::string answer;
    char part[512];
    for (ssize_t size; (size = ::read(fd, part, sizeof part)) > 0;) answer.append(part, static_cast<size_t>(size));
    ::close(fd);
    return answer;
  }

  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, ThePageIsAtItsPath) {
  EXPECT_THAT(server_->url(), StartsWith("http://127.0.0.1:"));
  std::string answer = answer_to("GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\nAccept: text/x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 15\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\naccepts text/x\n"));
}

TEST_F(HttpServerTest, OtherRequestsGetAnErrorAndTheServerGoesOn) {
  EXPECT_THAT(answer_to("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(answer_to("POST /metrics HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(answer_to(std::string(20000, 'x')), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer_to("\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  std::string head = answer_to("HEAD /metrics HTTP/1.1\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, OneThatLeavesIsNoHarm) {
  for (int i = 0; i < 20; ++i) ::close(connected());
  EXPECT_THAT(answer_to("GET /metrics HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST(ListenPlace, IsAnAddressAndAPort) {
  auto place = [](const std::string& text) {
    auto read = read_listen_place(text);
    return read ? read->address + " " + read->port : "error";
  };
  EXPECT_EQ(place("9435"), "127.0.0.1 9435");
  EXPECT_EQ(place("0.0.0.0:9435"), "0.0.0.0 9435");
  EXPECT_EQ(place("[::1]:9435"), "::1 9435");
  for (const char* wrong : {"", "x", "65536", "-1", ":9435", "[]:9435", "::1", "::1:80", "1.2.3.4:", "1:2:3"}) {
    EXPECT_EQ(place(wrong), "error") << wrong;
  }
}

TEST(ListenPlace, AnAddressThatIsTakenIsNamed) {
  auto page = [](const std::string&) { return HttpServer::Page{}; };
  auto first = HttpServer::open("0", "/metrics", page);
  ASSERT_TRUE(first);
  const std::string& url = (*first)->url();
  std::string port = url.substr(url.rfind(':') + 1);
  auto second = HttpServer::open(port.substr(0, port.find('/')), "/metrics", page);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().what, HasSubstr("cannot listen at 127.0.0.1 port "));
  EXPECT_FALSE(HttpServer::open("nowhere.example:1", "/", page));
}

}  // namespace
}  // namespace sonde::tool
