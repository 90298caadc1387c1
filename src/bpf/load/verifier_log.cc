#include "bpf/load/verifier_log.h"

#include <cerrno>
#include <charconv>
#include <vector>

namespace sonde::bpf {
namespace {

constexpr size_t kTailLines = 10;

struct Cause {
  std::string_view pattern;
  std::string_view meaning;
};

// The first pattern that the log's end contains wins, so the exact ones come first.
constexpr Cause kCauses[] = {
    // libbpf puts a call of this number, 0xbad2310, where a CO-RE relocation has found nothing.
    {"195896080",
     "a field or type that the program was compiled for does not exist in this kernel; test for it with bpf_core_field_exists(), "
     "or compile for this kernel"},
    {"invalid mem access 'map_value_or_null'",
     "a lookup may find nothing: check the returned pointer for NULL before using it"},
    {"invalid mem access 'mem_or_null'",
     "bpf_ringbuf_reserve may fail: check the returned pointer for NULL before using it"},
    {"invalid mem access 'ringbuf_mem_or_null'",
     "bpf_ringbuf_reserve may fail: check the returned pointer for NULL before using it"},
    {"_or_null expected=", "a pointer that may be NULL is given to a helper: check it for NULL first"},
    {"_or_null'", "this pointer may be NULL: check it before using it"},
    {"invalid mem access 'scalar'",
     "the value is used as an address, but is not one that the kernel lets a program read directly: read it with "
     "bpf_probe_read_kernel() or bpf_probe_read_user()"},
    {"invalid mem access 'inv'",
     "the value is used as an address, but is not one that the kernel lets a program read directly: read it with "
     "bpf_probe_read_kernel() or bpf_probe_read_user()"},
    {"combined stack size",
     "the functions called together use more than 512 bytes of stack: keep big data in a per-CPU array"},
    {"stack depth",
     "the functions use more than 512 bytes of stack: keep big data in a BPF_PERCPU_ARRAY of one element"},
    {"invalid stack off=", "more than 512 bytes of stack are used: keep big data in a BPF_PERCPU_ARRAY of one element"},
    {"invalid write to stack", "a write goes past the end of a variable on the stack: check sizes and indexes"},
    {"invalid read from stack",
     "stack bytes are read that were never written: zero the whole variable first (struct padding included), for example "
     "with = {} or __builtin_memset()"},
    {"invalid indirect read from stack",
     "a helper gets stack bytes that were never written: zero the whole variable first (struct padding included), for "
     "example with = {} or __builtin_memset()"},
    {"invalid indirect access to stack", "the size given to a helper is larger than the variable on the stack"},
    {"unbounded memory access",
     "the kernel cannot see an upper bound of an index or a size: compare it with a constant first, or mask it (i & 63)"},
    {"min value is negative",
     "the kernel believes that an index or a size may be negative: make it unsigned, or check it against 0 first"},
    {"max value is outside of the allowed memory range",
     "an index may point past the end of a map value: compare it with the size first"},
    {"invalid access to map value",
     "a read or write may go past the end of a map value: compare the index with the size first"},
    {"invalid access to memory",
     "a read or write may go past the end of the memory it points to: check index and size"},
    {"invalid access to packet", "packet data must be checked against data_end before it is read"},
    {"math between map_value pointer",
     "the kernel cannot see a bound of the number added to this pointer: compare it first"},
    {"cannot call GPL-restricted function", "this helper is for GPL programs only: #define BPF_LICENSE GPL"},
    {"from non-GPL compatible program", "this needs a GPL program: #define BPF_LICENSE GPL"},
    {"unknown func", "this helper does not exist in this kernel, or not for this kind of program"},
    {"invalid func", "this helper does not exist in this kernel"},
    {"program of this type cannot use helper",
     "this helper is not available to this kind of program; attach it to another hook"},
    {"helper call is not allowed", "this helper is not available to this kind of program; attach it to another hook"},
    {"BPF program is too large",
     "the verifier gave up: unrolled loops or many branches make too many paths; bound loops, split the program"},
    {"The sequence of",
     "the verifier gave up: too many branches and jumps; simplify the conditions or split the program"},
    {"too many jumps", "the verifier gave up: too many branches; simplify the conditions or split the program"},
    {"infinite loop detected", "a loop has no end that the kernel can see: give it a constant bound"},
    {"back-edge", "this kernel allows no loops (Linux 5.3 does): unroll it with #pragma unroll"},
    {"loop", "a loop has no end that the kernel can see: give it a constant bound"},
    {"invalid bpf_context access",
     "this part of the context may not be read this way: the field does not exist for this kind of program, or the size is wrong"},
    {"invalid ctx access", "this part of the context does not exist for this kind of program"},
    {"dereference of modified ctx ptr", "the context must be read with constant offsets: do not do arithmetic on ctx"},
    {"Unreleased reference",
     "a reserved or acquired thing is not given back on every path: submit or discard it, in a tool send_row() or "
     "drop_row(), or release it"},
    {"leads to exit without", "a lock or reference is not given back on every path"},
    {"R0 !read_ok", "a function ends without returning a value: add `return 0;`"},
    {"!read_ok", "a variable is used that was never given a value on this path"},
    {"unreachable insn", "code that can never run is left in the program"},
    {"jump out of range", "control falls off the end of the function: does every path return?"},
    {"last insn is not an exit or jmp", "control falls off the end of the function: does every path return?"},
    {"At program exit the register R0", "this kind of program must return one of the values named above"},
    {"cannot write into", "this memory may only be read"},
    {"write into map forbidden", "this map may only be read (const data)"},
    {"cannot pass map_type", "this map is of the wrong kind for this helper"},
    {"unknown opcode", "this kernel is too old for an instruction the compiler used"},
    {"failed to find kernel BTF type ID", "this kernel does not have the function or type that is asked for"},
    {"invalid access to BTF struct", "the field is not where it was at compile time; compile against this kernel"},
    {"access beyond struct", "the field is not in this struct in this kernel"},
    {"arg", "an argument of a helper has the wrong kind: see the last line"},
    {"expected=", "an argument of a helper has the wrong kind: see the last line"},
};

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_statistics(std::string_view line) {
  for (std::string_view start : {"processed ", "verification time", "stack depth ", "max_states_per_insn"}) {
    if (line.starts_with(start) && line.find("exceed") == line.npos) return true;
  }
  return false;
}

// "12: (61) r0 = …" -> 12
bool instruction_of(std::string_view line, uint32_t& instruction) {
  auto [next, error] = std::from_chars(line.data(), line.data() + line.size(), instruction);
  return error == std::errc() &&
         std::string_view(next, static_cast<size_t>(line.data() + line.size() - next)).starts_with(": (");
}

// "; return sk->x; @ main.c:12" (since 6.8) or "; return sk->x;" -> "main.c:12: return sk->x;"
std::string source_of_comment(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of("; \t"), line.size()));
  size_t at = line.rfind(" @ ");
  if (at == line.npos) return std::string(line);
  return fmt::format("{}: {}", line.substr(at + 3), line.substr(0, at));
}

}  // namespace

std::string_view verifier_cause(std::string_view log) {
  for (const Cause& cause : kCauses) {
    if (log.find(cause.pattern) != log.npos) return cause.meaning;
  }
  return {};
}

VerifierDigest digest_verifier_log(std::string_view log, const std::function<std::string(uint32_t)>& source_of) {
  if (log.find('\0') != log.npos) log = log.substr(0, log.find('\0'));
  std::vector<std::string_view> lines = split_lines(log);
  while (!lines.empty() && is_statistics(lines.back())) lines.pop_back();
  VerifierDigest digest;
  std::string complaints;  // the lines after the last instruction, where the cause stands
  for (size_t i = lines.size(); i-- > 0 && digest.source.empty();) {
    uint32_t instruction = 0;
    if (instruction_of(lines[i], instruction)) {
      digest.source = source_of(instruction);
    } else if (lines[i].starts_with(';')) {
      digest.source = source_of_comment(lines[i]);
    }
  }
  for (size_t i = lines.size(); i-- > 0;) {
    uint32_t instruction = 0;
    if (instruction_of(lines[i], instruction) || lines[i].starts_with(';')) break;
    complaints = fmt::format("{}\n{}", lines[i], complaints);
  }
  digest.cause = verifier_cause(complaints);
  size_t first = lines.size() > kTailLines ? lines.size() - kTailLines : 0;
  for (size_t i = first; i < lines.size(); i++) digest.tail += fmt::format("{}{}", i == first ? "" : "\n", lines[i]);
  return digest;
}

Error verifier_error(const std::string& program, int code, const VerifierDigest& digest) {
  std::string what = digest.source.empty() ? "" : digest.source + "\n";
  what += fmt::format("the kernel's verifier rejected {}", program);
  if (digest.tail.empty()) {
    what += fmt::format(": {}", std::strerror(code));
  } else {
    what += ":\n" + digest.tail;
  }
  return Error{ErrorKind::kVerifier, what, code, digest.cause};
}

}  // namespace sonde::bpf
