// Programs on packets and sockets run where they were attached, and are gone with the session.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "kernel/needs_test.h"
#include "session/state/loaded_test.h"
#include "sonde/network.h"

namespace sonde::session {
namespace {

using testing::HasSubstr;

constexpr uint16_t kProtocol = 0x88b5;  // for experiments: nobody else's frames have it

// In a child of the test: a network namespace of its own, with two devices that are each other's wire.
void in_own_network(const std::function<void()>& test) {
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    bool made =
        unshare(CLONE_NEWNET) == 0 &&
        system(
            "ip link add here type veth peer name there && ip link set here up && ip link set there up && ip link set lo up") ==
            0;
    EXPECT_TRUE(made);
    if (made) test();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

void send_frames(int count) {
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = static_cast<int>(if_nametoindex("there"));
  unsigned char frame[60] = {2, 0, 0, 0, 0, 10, 2, 0, 0, 0, 0, 11, kProtocol >> 8, kProtocol & 0xff};
  for (int i = 0; i < count; i++) {
    EXPECT_EQ(sendto(fd, frame, sizeof frame, 0, reinterpret_cast<sockaddr*>(&to), sizeof to), ssize_t{sizeof frame});
  }
  close(fd);
}

constexpr const char* kCounting = R"(
typedef unsigned short u16;
#define bpf_htons(x) __builtin_bswap16(x)
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1);
         __type(key, u32); __type(value, u64); } counts SEC(".maps");
static __always_inline int count(void *data, void *end) {
  u32 slot = 0;
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (data + 14 <= end && *(u16 *)(data + 12) == bpf_htons(0x88b5) && value) __sync_fetch_and_add(value, 1);
  return 0;
}
)";

std::string counting(const std::string& programs) { return kCounting + programs; }

const std::string kXdp = counting(R"(
SEC("sonde/hit") int hit(struct xdp_md *ctx) {
  count((void *)(long)ctx->data, (void *)(long)ctx->data_end);
  return 2;
}
)");

uint64_t count_in(const Session& session) {
  uint32_t slot = 0;
  uint64_t value = UINT64_MAX;
  auto map = session.map("counts");
  EXPECT_TRUE(map && map->lookup(&slot, &value));
  return value;
}

void expect_count(const Session& session, uint64_t wanted) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (count_in(session) < wanted && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(count_in(session), wanted);
}

TEST(Network, AnXdpProgramOfTheSessionEndsWithIt) {
  in_own_network([] {
    auto session = load_test(kXdp, {bpf::test_program("hit", "xdp", "here")});
    ASSERT_TRUE(session) << session.error().what;
    auto attached = session->attach_all();  // the section says where
    ASSERT_TRUE(attached) << attached.error().what;
    send_frames(25);
    expect_count(*session, 25);
    ASSERT_TRUE(session->detach("xdp", "here"));
    send_frames(3);
    auto again = session->attach_xdp("here", "hit", XDP_FLAGS_SKB_MODE);
    ASSERT_TRUE(again) << again.error().what;
    send_frames(5);
    expect_count(*session, 30);
    EXPECT_THAT(session->attachments().front().chosen, "xdp:here");
  });
}

TEST(Network, TrafficControlIngressAndEgress) {
  in_own_network([] {
    auto session = load_test(counting(R"(
SEC("sonde/hit") int hit(struct __sk_buff *skb) { return count((void *)(long)skb->data, (void *)(long)skb->data_end); }
)"),
                             {bpf::test_program("hit", "tc", "")});
    ASSERT_TRUE(session) << session.error().what;
    auto in = session->attach_tc("here", Session::Direction::kIngress, "hit");
    ASSERT_TRUE(in) << in.error().what;
    send_frames(4);
    expect_count(*session, 4);
    auto out = session->attach_tc("there", Session::Direction::kEgress, "hit");
    ASSERT_TRUE(out) << out.error().what;
    send_frames(10);
    expect_count(*session, 24);
    session->detach_all();
    send_frames(10);
    EXPECT_EQ(count_in(*session), 24u);
  });
}

TEST(Network, ARawSocketSeesWhatItsFilterLetsThrough) {
  in_own_network([] {
    auto session = load_test(counting(R"(
SEC("sonde/hit") int hit(struct __sk_buff *skb) { return skb->protocol == bpf_htons(0x88b5) ? 20 : 0; }
)"),
                             {bpf::test_program("hit", "socket_filter", "")});
    ASSERT_TRUE(session) << session.error().what;
    auto program = session->load_program("hit", BPF_PROG_TYPE_SOCKET_FILTER);
    ASSERT_TRUE(program) << program.error().what;
    auto opened = open_raw_socket("here", *program);
    ASSERT_TRUE(opened) << opened.error().what;
    send_frames(1);
    char data[100];
    ssize_t got = -1;
    for (int i = 0; i < 3000 && (got = recv(*opened, data, sizeof data, 0)) < 0; i++) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(got, 20);  // cut to what the filter said
    close(*opened);
  });
}

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// Whether somebody listens there.
bool answers(uint16_t port) {
  base::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in to = loopback(port);
  return connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
}

base::Fd listen_at(uint16_t port) {
  base::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in own = loopback(port);
  bool listens = bind(fd.get(), reinterpret_cast<sockaddr*>(&own), sizeof own) == 0 && listen(fd.get(), 8) == 0;
  EXPECT_TRUE(listens);
  return fd;
}

TEST(Network, AProgramOfANamespaceSeesLookupsOfSocketsThere) {
  in_own_network([] {
    auto session = load_test(counting(R"(
SEC("sonde/hit") int hit(struct bpf_sk_lookup *ctx) {
  u32 slot = 0;
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value && ctx->local_port == 7071) __sync_fetch_and_add(value, 1);
  return 1;
}
)"),
                             {bpf::test_program("hit", "sk_lookup", "")});
    ASSERT_TRUE(session) << session.error().what;
    auto attached = session->attach_network_namespace("/proc/self/ns/net", "hit");
    ASSERT_TRUE(attached) << attached.error().what;
    base::Fd listening = listen_at(7071);
    EXPECT_FALSE(answers(7070));
    EXPECT_TRUE(answers(7071));
    EXPECT_TRUE(answers(7071));
    EXPECT_EQ(count_in(*session), 2u);
    session->detach_all();
    EXPECT_TRUE(answers(7071));
    EXPECT_EQ(count_in(*session), 2u);
    EXPECT_TRUE(session->attach("hit"));  // the section's own way: this process's namespace
    EXPECT_TRUE(answers(7071));
    EXPECT_EQ(count_in(*session), 3u);
    auto nowhere = session->attach_network_namespace("/proc/self/ns/no-such", "hit");
    EXPECT_FALSE(nowhere);
  });
}

TEST(Network, AProgramOfASocketMapSeesMessagesOfItsSockets) {
  in_own_network([] {
    auto session = load_test(counting(R"(
struct { __uint(type, BPF_MAP_TYPE_SOCKMAP); __uint(max_entries, 2);
         __type(key, u32); __type(value, u32); } sockets SEC(".maps");
SEC("sonde/hit") int hit(struct sk_msg_md *message) {
  u32 slot = 0;
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value) __sync_fetch_and_add(value, message->size);
  return 1;
}
)"),
                             {bpf::test_program("hit", "sk_msg", "")});
    ASSERT_TRUE(session) << session.error().what;
    auto attached = session->attach_socket_map("sockets", "hit");
    ASSERT_TRUE(attached) << attached.error().what;
    base::Fd listening = listen_at(7071), sender(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to = loopback(7071);
    ASSERT_EQ(connect(sender.get(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    uint32_t key = 0, value = static_cast<uint32_t>(sender.get());
    auto put = session->map("sockets")->update(&key, &value);
    ASSERT_TRUE(put) << put.error().what;
    for (int i = 0; i < 3; i++) EXPECT_EQ(send(sender.get(), "hello", 5, 0), 5);
    EXPECT_EQ(count_in(*session), 15u);
    session->detach_all();  // a socket that is in the map keeps its program, in the kernel; one that comes in gets none
    ASSERT_TRUE(session->map("sockets")->remove(&key));
    ASSERT_TRUE(session->map("sockets")->update(&key, &value));
    EXPECT_EQ(send(sender.get(), "hello", 5, 0), 5);
    EXPECT_EQ(count_in(*session), 15u);
  });
}

// A cgroup of the test's own, with its process in it.
class OwnCgroup {
 public:
  OwnCgroup() {
    std::ifstream mounts("/proc/mounts");
    for (std::string what, where, kind, rest; mounts >> what >> where >> kind && std::getline(mounts, rest);) {
      if (kind == "cgroup2") root_ = where;
    }
    directory_ = root_ + "/sonde-test-" + std::to_string(getpid());
    is_made_ = !root_.empty() && mkdir(directory_.c_str(), 0755) == 0 && enter(directory_);
  }
  ~OwnCgroup() {
    enter(root_);
    rmdir(directory_.c_str());
  }
  bool is_made() const { return is_made_; }
  const std::string& directory() const { return directory_; }

 private:
  static bool enter(const std::string& cgroup) {
    std::ofstream file(cgroup + "/cgroup.procs");
    file << getpid() << std::flush;
    return file.good();
  }

  std::string root_, directory_;
  bool is_made_ = false;
};

TEST(Network, AProgramOfACgroupSeesWhatItsProcessesDo) {
  NEEDS("kprobe");  // in guests alone: a cgroup is made in the hierarchy of the whole machine
  in_own_network([] {
    OwnCgroup cgroup;
    ASSERT_TRUE(cgroup.is_made());
    auto session = load_test(counting(R"(
SEC("sonde/hit") int hit(struct bpf_sock_addr *ctx) {
  u32 slot = 0;
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value) __sync_fetch_and_add(value, 1);
  return ctx->user_port != bpf_htons(7072);
}
)"),
                             {bpf::test_program("hit", "cgroup", "connect4")});
    ASSERT_TRUE(session) << session.error().what;
    auto attached = session->attach_cgroup(cgroup.directory(), "hit");
    ASSERT_TRUE(attached) << attached.error().what;
    base::Fd one = listen_at(7071), other = listen_at(7072);
    EXPECT_TRUE(answers(7071));
    EXPECT_FALSE(answers(7072));  // the program refused it
    EXPECT_EQ(count_in(*session), 2u);
    ASSERT_TRUE(session->detach("cgroup", cgroup.directory()));
    EXPECT_TRUE(answers(7072));
    EXPECT_EQ(count_in(*session), 2u);
  });
}

// Sends `count` datagrams to a local port; gives how many of them sendto() accepted.
int sent(int count, uint16_t port) {
  base::Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in to = loopback(port);
  int taken = 0;
  for (int i = 0; i < count; i++) {
    taken += sendto(fd.get(), "x", 1, 0, reinterpret_cast<sockaddr*>(&to), sizeof to) == 1;
  }
  return taken;
}

// What listens for datagrams there, so that no answer of an empty port is counted with them.
base::Fd receive_at(uint16_t port) {
  base::Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in own = loopback(port);
  EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&own), sizeof own), 0);
  return fd;
}

std::string on_packets(int verdict) {
  return counting(fmt::format(R"(
SEC("sonde/hit") int hit(void *ctx) {{
  u32 slot = 0;
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value) __sync_fetch_and_add(value, 1);
  return {};
}}
)",
                              verdict));
}

TEST(Network, ANetfilterProgramSeesPacketsAtItsHook) {
  NEEDS("netfilter");
  in_own_network([] {
    base::Fd receiver = receive_at(7073);
    auto session = load_test(on_packets(1), {bpf::test_program("hit", "netfilter", "ipv4/local_out")});
    ASSERT_TRUE(session) << session.error().what;
    auto attached = session->attach_all();  // the section says where
    ASSERT_TRUE(attached) << attached.error().what;
    EXPECT_EQ(sent(23, 7073), 23);
    EXPECT_EQ(count_in(*session), 23u);
    EXPECT_EQ(session->attachments().front().chosen, "netfilter:ipv4/local_out");
    ASSERT_TRUE(session->detach(Hook{HookKind::kNetfilter, "ipv4/local_out"}));
    EXPECT_EQ(sent(5, 7073), 5);
    EXPECT_EQ(count_in(*session), 23u);
    auto both = session->attach("hit", {HookKind::kNetfilter, "ipv4/post_routing/-100"});
    ASSERT_TRUE(both) << both.error().what;
    ASSERT_TRUE(session->attach("hit", {HookKind::kNetfilter, "ipv4/local_in/7"}));
    EXPECT_EQ(sent(10, 7073), 10);
    EXPECT_EQ(count_in(*session), 43u);
  });
}

TEST(Network, ANetfilterProgramDropsWhatItRefuses) {
  NEEDS("netfilter");
  in_own_network([] {
    base::Fd receiver = receive_at(7073);
    auto session = load_test(on_packets(0), {bpf::test_program("hit")});
    ASSERT_TRUE(session) << session.error().what;
    auto attached = session->attach("hit", {HookKind::kNetfilter, "ipv4/local_out"});
    ASSERT_TRUE(attached) << attached.error().what;
    EXPECT_EQ(sent(23, 7073), 0);
    EXPECT_EQ(count_in(*session), 23u);
    session->detach_all();
    EXPECT_EQ(sent(23, 7073), 23);
  });
}

TEST(Network, ANetfilterPlaceThatIsNoneIsExplained) {
  NEEDS("netfilter");
  auto session = load_test(on_packets(1), {bpf::test_program("hit"), bpf::test_program("bare", "netfilter", "")});
  ASSERT_TRUE(session) << session.error().what;
  for (const char* target : {"", "ipv4", "ipv5/local_out", "ipv4/elsewhere", "ipv4/local_out/x", "ipv4/local_out/1/2",
                             "ipv4/local_out/99999999999"}) {
    auto attached = session->attach("hit", {HookKind::kNetfilter, target});
    ASSERT_FALSE(attached) << target;
    EXPECT_THAT(attached.error().what, HasSubstr("not of the form FAMILY/HOOK")) << target;
  }
}

TEST(Network, ASectionWithoutAPlaceNamesTheWay) {
  auto session = load_test(kXdp, {bpf::test_program("hit", "cgroup", "connect4")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach("hit");
  ASSERT_FALSE(attached);
  EXPECT_THAT(attached.error().what, HasSubstr("(cgroup), not where it goes"));
  EXPECT_THAT(attached.error().hint, HasSubstr("attach_cgroup("));
}

TEST(Network, WhatDoesNotFitIsNamed) {
  auto session = load_test(kXdp, {bpf::test_program("hit", "xdp", "")});
  ASSERT_TRUE(session) << session.error().what;
  auto nowhere = session->attach_xdp("no-such-device", "hit");
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().what, HasSubstr("device no-such-device: No such device"));
  auto cgroup = session->attach_cgroup("/proc", "hit");
  ASSERT_FALSE(cgroup);
  EXPECT_THAT(cgroup.error().what, HasSubstr("which of a cgroup's places"));
  auto map = session->attach_socket_map("counts", "hit", BPF_SK_MSG_VERDICT);
  EXPECT_FALSE(map);
}

}  // namespace
}  // namespace sonde::session
