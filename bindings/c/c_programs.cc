// libbcc's functions that put programs somewhere by descriptor: sockets, control groups, and a run on given data.
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "base/fd.h"
#include "c/c_function.h"
#include "c/command.h"

namespace {

using sonde::c::address_of, sonde::c::bpf_command;

int attach(bpf_cmd cmd, int program, int target, int type, unsigned flags) {
  bpf_attr attr{};
  attr.target_fd = static_cast<uint32_t>(target);
  attr.attach_bpf_fd = static_cast<uint32_t>(program);
  attr.attach_type = static_cast<uint32_t>(type);
  attr.attach_flags = flags;
  return bpf_command(cmd, attr);
}

// As libbpf has it: `size` says how much of it the caller knows.
struct TestRun {
  size_t size;
  const void* data_in;
  void* data_out;
  uint32_t data_size_in, data_size_out;
  const void* ctx_in;
  void* ctx_out;
  uint32_t ctx_size_in, ctx_size_out;
  uint32_t retval;
  int repeat;
  uint32_t duration;
  uint32_t flags, cpu, batch_size;
};

}  // namespace

// A raw packet socket that does not block, on the device, or on all without a name.
SONDE_C_FUNCTION(int, bpf_open_raw_sock)(const char* name) {
  sonde::base::Fd raw(::socket(PF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL)));
  if (!raw.valid() || !name || !*name) return raw.release();
  sockaddr_ll where{};
  where.sll_family = AF_PACKET;
  where.sll_ifindex = static_cast<int>(::if_nametoindex(name));
  where.sll_protocol = htons(ETH_P_ALL);
  if (where.sll_ifindex == 0) return -1;
  if (::bind(raw.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) < 0) return -1;
  return raw.release();
}

SONDE_C_FUNCTION(int, bpf_attach_socket)(int socket, int program) {
  return ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof program);
}

SONDE_C_FUNCTION(int, bpf_prog_attach)(int program, int target, int type, unsigned flags) {
  return attach(BPF_PROG_ATTACH, program, target, type, flags);
}
SONDE_C_FUNCTION(int, bpf_prog_detach2)(int program, int target, int type) {
  return attach(BPF_PROG_DETACH, program, target, type, 0);
}

SONDE_C_FUNCTION(int, bpf_prog_test_run)(int program, int repeat, const void* data, uint32_t size, void* data_out,
                                         uint32_t* size_out, uint32_t* retval, uint32_t* duration) {
  bpf_attr attr{};
  attr.test.prog_fd = static_cast<uint32_t>(program);
  attr.test.repeat = static_cast<uint32_t>(repeat);
  attr.test.data_in = address_of(data);
  attr.test.data_size_in = size;
  attr.test.data_out = address_of(data_out);
  attr.test.data_size_out = data_out && size_out ? *size_out : 0;
  int result = bpf_command(BPF_PROG_TEST_RUN, attr);
  if (size_out) *size_out = attr.test.data_size_out;
  if (retval) *retval = attr.test.retval;
  if (duration) *duration = attr.test.duration;
  return result;
}

SONDE_C_FUNCTION(int, bpf_prog_test_run_opts)(int program, TestRun* run) {
  if (!run || run->size < offsetof(TestRun, flags)) {
    errno = EINVAL;
    return -1;
  }
  bpf_attr attr{};
  attr.test.prog_fd = static_cast<uint32_t>(program);
  attr.test.data_in = address_of(run->data_in);
  attr.test.data_out = address_of(run->data_out);
  attr.test.data_size_in = run->data_size_in;
  attr.test.data_size_out = run->data_size_out;
  attr.test.ctx_in = address_of(run->ctx_in);
  attr.test.ctx_out = address_of(run->ctx_out);
  attr.test.ctx_size_in = run->ctx_size_in;
  attr.test.ctx_size_out = run->ctx_size_out;
  attr.test.repeat = static_cast<uint32_t>(run->repeat);
  if (run->size >= offsetof(TestRun, batch_size)) {
    attr.test.flags = run->flags;
    attr.test.cpu = run->cpu;
  }
  int result = bpf_command(BPF_PROG_TEST_RUN, attr);
  run->data_size_out = attr.test.data_size_out;
  run->ctx_size_out = attr.test.ctx_size_out;
  run->retval = attr.test.retval;
  run->duration = attr.test.duration;
  return result;
}
