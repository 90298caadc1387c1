// USDT probes of an ELF file: notes into probes, addresses into places of the file.
#include "usdt/probe.h"

#include <elf.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

#include "usdt/variables.h"

namespace sonde::usdt {
namespace {

constexpr uint64_t kMaxNotes = 16u << 20;  // bytes; the JVM has 100 KiB of them
constexpr uint32_t kProbeNote = 3;
constexpr size_t kMaxName = 1024;

uint64_t word_at(std::string_view bytes, size_t at, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; i++) word |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return word;
}

// A string with its NUL off the front.
Result<std::string_view> take_string(std::string_view& bytes, const char* what) {
  size_t end = bytes.find('\0');
  if (end == std::string_view::npos) return base::fail(ErrorKind::kInvalid, fmt::format("the {} does not end", what));
  std::string_view text = bytes.substr(0, end);
  bytes.remove_prefix(end + 1);
  return text;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Result<std::string_view> take_name(std::string_view& bytes, const char* what) {
  ASSIGN_OR_RETURN(std::string_view name, take_string(bytes, what));
  if (name.empty() || name.size() > kMaxName || !is_printable(name)) {
    return base::fail(ErrorKind::kInvalid, fmt::format("the {} is no name", what));
  }
  return name;
}

class Reader {
 public:
  explicit Reader(const elf::File& file) : file_(file) {
    const elf::Section* base = file.section(".stapsdt.base");
    if (base) base_ = base->address;
  }

  Status read() {
    for (const elf::Section& section : file_.sections()) {
      if (section.type == SHT_NOTE && section.name == ".note.stapsdt") RETURN_IF_ERROR(read_section(section));
    }
    resolve_symbols();
    return {};
  }

  Probes take() { return std::move(found_); }

 private:
  Status read_section(const elf::Section& section) {
    ASSIGN_OR_RETURN(std::string bytes, file_.read(section, kMaxNotes));
    size_t used = 0;
    for (const elf::Note& note : elf::parse_notes(bytes)) {
      used = static_cast<size_t>(note.description.data() + note.description.size() - bytes.data());
      if (note.name != "stapsdt" || note.type != kProbeNote) continue;
      auto parsed = parse_probe_note(note.description, file_.is_64_bit());
      if (parsed) add(*parsed);
      else complain(fmt::format("a damaged note: {}", parsed.error().what));
    }
    std::string_view rest = std::string_view(bytes).substr(used);
    if (rest.find_first_not_of('\0') != rest.npos) {
      complain(fmt::format("a damaged note ends .note.stapsdt {} bytes before its end", rest.size()));
    }
    return {};
  }

  void add(const ProbeNote& note) {
    // prelink(1) moves everything but what the notes say; the section .stapsdt.base moves along and tells by how much.
    uint64_t moved = base_ && note.base ? base_ - note.base : 0;
    ProbeLocation location;
    location.address = note.address + moved;
    std::string label = fmt::format("{}:{}", note.provider, note.name);
    auto offset = code_offset(location.address);
    if (!offset) return complain(fmt::format("{}: {:#x} lies outside of the file's code", label, location.address));
    location.offset = *offset;
    if (note.semaphore) add_semaphore(note.semaphore + moved, label, location);
    add_arguments(note.arguments, label, location);
    probe_of(note).locations.push_back(std::move(location));
  }

  void add_semaphore(uint64_t address, const std::string& label, ProbeLocation& location) {
    location.semaphore_address = address;
    auto offset = file_.offset_of(address);
    if (!offset) return complain(fmt::format("{}: its semaphore at {:#x} lies outside of the file", label, address));
    location.semaphore_offset = *offset;
  }

  void add_arguments(std::string_view text, const std::string& label, ProbeLocation& location) {
    std::vector<std::string_view> pieces = split_arguments(text);
    if (pieces.size() > kMaxArguments) {
      complain(fmt::format("{}: {} arguments; a probe has at most {}", label, pieces.size(), kMaxArguments));
      pieces.clear();
    }
    for (std::string_view piece : pieces) {
      auto argument = parse_argument(piece, file_.machine());
      if (!argument) {
        complain(fmt::format("{}: {}", label, argument.error().what));
        argument = unreadable(piece, argument.error().what);
      }
      if (!argument->symbol.empty()) symbols_.insert(argument->symbol);
      location.arguments.push_back(std::move(*argument));
    }
  }

  static Argument unreadable(std::string_view text, std::string why) {
    Argument argument;
    argument.kind = Argument::Kind::kUnreadable;
    argument.text = text;
    argument.why = std::move(why);
    return argument;
  }

  Probe& probe_of(const ProbeNote& note) {
    std::string key = fmt::format("{}:{}", note.provider, note.name);
    auto [at, added] = index_.emplace(std::move(key), found_.probes.size());
    if (added) found_.probes.push_back({std::string(note.provider), std::string(note.name), {}});
    return found_.probes[at->second];
  }

  std::optional<uint64_t> code_offset(uint64_t address) const {
    for (const elf::Segment& each : file_.segments()) {
      if (!each.executable || address < each.address || address - each.address >= each.file_size) continue;
      return address - each.address + each.offset;
    }
    return std::nullopt;
  }

  void resolve_symbols() {
    if (symbols_.empty()) return;
    std::map<std::string, uint64_t> addresses = find_variables(file_, symbols_);
    for (Probe& probe : found_.probes) {
      for (ProbeLocation& location : probe.locations) {
        for (Argument& argument : location.arguments) resolve(probe, argument, addresses);
      }
    }
  }

  void resolve(const Probe& probe, Argument& argument, const std::map<std::string, uint64_t>& addresses) {
    if (argument.symbol.empty()) return;
    auto found = addresses.find(argument.symbol);
    if (found != addresses.end()) {
      argument.symbol_address = found->second;
      return;
    }
    std::string why = fmt::format("argument \"{}\": the file's symbol table has no {}", argument.text, argument.symbol);
    complain(fmt::format("{}: {}", probe.label(), why));
    argument = unreadable(argument.text, std::move(why));
  }

  void complain(std::string what) {
    if (found_.complaints.size() < kMaxComplaints) found_.complaints.push_back(std::move(what));
  }

  const elf::File& file_;
  uint64_t base_ = 0;
  Probes found_;
  std::unordered_map<std::string, size_t> index_;  // of found_.probes
  Names symbols_;
};

}  // namespace

uint64_t Probe::semaphore_address() const {
  for (const ProbeLocation& each : locations) {
    if (each.semaphore_address) return each.semaphore_address;
  }
  return 0;
}

size_t Probe::argument_count() const {
  size_t count = 0;
  for (const ProbeLocation& each : locations) count = std::max(count, each.arguments.size());
  return count;
}

Result<ProbeNote> parse_probe_note(std::string_view description, bool is_64_bit) {
  size_t word = is_64_bit ? 8 : 4;
  if (description.size() < 3 * word) return base::fail(ErrorKind::kInvalid, "shorter than three addresses");
  ProbeNote note;
  note.address = word_at(description, 0, word);
  note.base = word_at(description, word, word);
  note.semaphore = word_at(description, 2 * word, word);
  std::string_view rest = description.substr(3 * word);
  ASSIGN_OR_RETURN(note.provider, take_name(rest, "provider"));
  ASSIGN_OR_RETURN(note.name, take_name(rest, "name"));
  ASSIGN_OR_RETURN(note.arguments, take_string(rest, "argument string"));
  return note;
}

std::map<uint64_t, uint64_t> semaphores_of(const elf::File& file) {
  std::map<uint64_t, uint64_t> semaphores;
  auto found = read_probes(file);
  if (!found) return semaphores;
  for (const Probe& probe : found->probes) {
    for (const ProbeLocation& each : probe.locations) {
      if (each.semaphore_offset) semaphores[each.offset] = each.semaphore_offset;
    }
  }
  return semaphores;
}

Result<Probes> read_probes(const elf::File& file) {
  Reader reader(file);
  RETURN_IF_ERROR(reader.read());
  return reader.take();
}

}  // namespace sonde::usdt
