// The part of the kernel's BTF that the CO-RE relocations of an object can find something in, as BTF of its own. libbpf, which else
// has all of it in memory twice and compares each of its 150,000 types with each that is looked for, then reads some kilobytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sonde::kernel {
class BtfPieces;
}

namespace sonde::bpf {

// Nothing where only the whole will do: a type that the kernel proper does not have (a module may), a relocation that asks for ids in
// the kernel's BTF or compares more than members. Pointers point to void, and only members whose names the object uses are there.
std::optional<std::string> core_types(std::string_view object, kernel::BtfPieces& kernel);

}  // namespace sonde::bpf
