// Requests through JSON, and frames through sockets that are short, slow, closed or hostile.
#include "spec/wire.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "base/fd.h"

namespace sonde::spec {
namespace {

using testing::HasSubstr;

struct Pair {
  Pair() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    ours.reset(fds[0]);
    theirs.reset(fds[1]);
  }
  void send(std::string_view bytes) {
    EXPECT_EQ(::write(theirs.get(), bytes.data(), bytes.size()), ssize_t(bytes.size()));
  }
  void send_header(uint32_t type, uint32_t length) {
    uint32_t header[2] = {type, length};
    send({reinterpret_cast<char*>(header), sizeof header});
  }
  base::Fd ours, theirs;
};

Request sample() {
  return {.source = "int x;\n\t\"\\\x01",
          .file_name = "a.c",
          .directory = "/tmp",
          .cflags = {"-DX=\"1\"", "-I", "b c"},
          .preamble = "int y;\n",
          .usdt = {{"on_gc", "jvm:gc", {{4, "int32_t", ""}, {0, "", "\"8f@%xmm0\""}}}},
          .debug = 9,
          .portable = true,
          .btf_path = "/b",
          .release = "6.1",
          .online_cpus = 2};
}

void expect_same(const Request& a, const Request& b) {
  EXPECT_EQ(a.source, b.source);
  EXPECT_EQ(a.file_name, b.file_name);
  EXPECT_EQ(a.directory, b.directory);
  EXPECT_EQ(a.cflags, b.cflags);
  EXPECT_EQ(a.preamble, b.preamble);
  ASSERT_EQ(a.usdt.size(), b.usdt.size());
  for (size_t i = 0; i < a.usdt.size(); i++) {
    EXPECT_EQ(a.usdt[i].program, b.usdt[i].program);
    EXPECT_EQ(a.usdt[i].probes, b.usdt[i].probes);
    ASSERT_EQ(a.usdt[i].arguments.size(), b.usdt[i].arguments.size());
    for (size_t k = 0; k < a.usdt[i].arguments.size(); k++) {
      EXPECT_EQ(a.usdt[i].arguments[k].size, b.usdt[i].arguments[k].size);
      EXPECT_EQ(a.usdt[i].arguments[k].type, b.usdt[i].arguments[k].type);
      EXPECT_EQ(a.usdt[i].arguments[k].why_not, b.usdt[i].arguments[k].why_not);
    }
  }
  EXPECT_EQ(a.debug, b.debug);
  EXPECT_EQ(a.portable, b.portable);
  EXPECT_EQ(a.btf_path, b.btf_path);
  EXPECT_EQ(a.release, b.release);
  EXPECT_EQ(a.online_cpus, b.online_cpus);
}

TEST(Request, SurvivesTheWayThroughJson) {
  Result<Request> again = request_from_json(to_json(sample()));
  ASSERT_TRUE(again) << again.error().what;
  expect_same(*again, sample());
}

TEST(Request, KeepsUtf8AndBytesThatAreNot) {
  for (const char* text : {"// gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", "// caf\xe9", "\xff\xfe", "\xc0\x80",
                           "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "mix \xc3\xbc and \xfc"}) {
    Request request = sample();
    request.source = text;
    request.cflags.push_back("-I/\xe9");
    Result<Request> again = request_from_json(to_json(request));
    ASSERT_TRUE(again) << text << ": " << again.error().what;
    expect_same(*again, request);
  }
}

TEST(Request, AMegabyteOfSourceSurvives) {
  Request request = sample();
  request.source.assign(1 << 20, 'x');
  Result<Request> again = request_from_json(to_json(request));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->source, request.source);
}

TEST(Request, HostileJsonIsRefused) {
  auto error_of = [](const char* text) {
    Result<Request> request = request_from_json(text);
    return request ? "no error" : request.error().what;
  };
  EXPECT_EQ(error_of("\xff"), "the request is not JSON");
  EXPECT_EQ(error_of("3"), "the request is not a JSON object");
  EXPECT_EQ(error_of(R"({"source":["a"]})"), "request.source is not a string");
  EXPECT_EQ(error_of(R"({"cflags":"-DX"})"), "request.cflags is not an array of strings");
  EXPECT_EQ(error_of(R"({"cflags":["-DX",1]})"), "request.cflags is not an array of strings");
  EXPECT_EQ(error_of(R"({"debug":-1})"), "request.debug is not an integer in range");
  EXPECT_EQ(error_of(R"({"encoding":"ebcdic"})"), "request.encoding is not one that this sonde knows");
  EXPECT_EQ(error_of("{\"encoding\":\"latin1\",\"source\":\"\xe2\x82\xac\"}"),
            "request.encoding is not what the text is in");
  EXPECT_EQ(error_of(R"({"future":1})"), "no error");
}

TEST(Frame, ComesAsItWasSent) {
  Pair pair;
  ASSERT_TRUE(send_frame(pair.theirs.get(), FrameType::kAnswer, std::string("a\0b", 3)));
  ASSERT_TRUE(send_frame(pair.theirs.get(), FrameType::kEnd, ""));
  Result<Frame> first = receive_frame(pair.ours.get(), 1000);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, FrameType::kAnswer);
  EXPECT_EQ(first->body, std::string("a\0b", 3));
  Result<Frame> second = receive_frame(pair.ours.get(), 1000);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->type, FrameType::kEnd);
  EXPECT_EQ(second->body, "");
}

TEST(Frame, ComesWholeFromShortWrites) {
  Pair pair;
  std::thread writer([&] {
    const char bytes[] = "\x08\0\0\0\x02\0\0\0ok";
    for (size_t i = 0; i < 10; ++i) {
      pair.send({bytes + i, 1});
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  Result<Frame> frame = receive_frame(pair.ours.get(), 5000);
  writer.join();
  ASSERT_TRUE(frame) << frame.error().what;
  EXPECT_EQ(frame->type, FrameType::kEnd);
  EXPECT_EQ(frame->body, "ok");
}

TEST(Frame, LargerThanTheSocketBufferComesWhole) {
  Pair pair;
  std::string body(5 << 20, 'a');
  for (size_t i = 0; i < body.size(); i += 4099) body[i] = static_cast<char>(i);
  std::thread writer([&] { EXPECT_TRUE(send_frame(pair.theirs.get(), FrameType::kObject, body)); });
  Result<Frame> frame = receive_frame(pair.ours.get(), 5000);
  writer.join();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->body, body);
}

TEST(Frame, OfUnknownTypeOrTooLongIsRefused) {
  for (uint32_t type : {0u, static_cast<uint32_t>(kLastFrameType) + 1, 0xffffffffu}) {
    Pair pair;
    pair.send_header(type, 0);
    Result<Frame> frame = receive_frame(pair.ours.get(), 1000);
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().kind, ErrorKind::kInvalid);
  }
  Pair pair;
  pair.send_header(1, kMaxFrame + 1);
  Result<Frame> frame = receive_frame(pair.ours.get(), 1000);
  ASSERT_FALSE(frame);
  EXPECT_THAT(frame.error().what, HasSubstr("longer than 67108864"));
  EXPECT_FALSE(send_frame(pair.theirs.get(), FrameType::kObject, std::string(kMaxFrame + 1, 'x')));
}

TEST(Frame, AClosedPeerIsNotFound) {
  Pair pair;
  pair.theirs.reset();
  Result<Frame> frame = receive_frame(pair.ours.get(), 1000);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().kind, ErrorKind::kNotFound);
  Status sent = send_frame(pair.ours.get(), FrameType::kAnswer, "x");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::kNotFound);
}

TEST(Frame, CutOffByAClosingPeerIsNotFound) {
  Pair pair;
  pair.send_header(8, 10);
  pair.send("abc");
  pair.theirs.reset();
  Result<Frame> frame = receive_frame(pair.ours.get(), 1000);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().kind, ErrorKind::kNotFound);
}

TEST(Frame, ThatNeverEndsTimesOut) {
  Pair pair;
  pair.send_header(8, 10);
  std::atomic<bool> stop = false;
  std::thread dripping([&] {  // a byte now and then must not move the deadline
    for (int i = 0; i < 9 && !stop; ++i) {
      pair.send("x");
      std::this_thread::sleep_for(std::chrono::milliseconds(40));
    }
  });
  auto start = std::chrono::steady_clock::now();
  Result<Frame> frame = receive_frame(pair.ours.get(), 100);
  auto took = std::chrono::steady_clock::now() - start;
  stop = true;
  dripping.join();
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().kind, ErrorKind::kTimeout);
  EXPECT_GE(took, std::chrono::milliseconds(99));
  EXPECT_LT(took, std::chrono::milliseconds(300));
}

}  // namespace
}  // namespace sonde::spec
