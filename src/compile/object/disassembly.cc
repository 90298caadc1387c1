#include "compile/object/disassembly.h"

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/raw_ostream.h>

#include <fmt/format.h>

extern "C" void LLVMInitializeBPFDisassembler();

namespace sonde::compile {
namespace {

struct Disassembler {
  const llvm::Target* target = nullptr;
  std::unique_ptr<llvm::MCRegisterInfo> registers;
  std::unique_ptr<llvm::MCAsmInfo> assembly;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
  std::unique_ptr<llvm::MCInstrInfo> instructions;
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<llvm::MCDisassembler> decoder;
  std::unique_ptr<llvm::MCInstPrinter> printer;

  Disassembler() {
    LLVMInitializeBPFDisassembler();
    llvm::Triple triple("bpfel");
    std::string why;
    target = llvm::TargetRegistry::lookupTarget(triple.str(), why);
    registers.reset(target->createMCRegInfo(triple.str()));
    assembly.reset(target->createMCAsmInfo(*registers, triple.str(), {}));
    subtarget.reset(target->createMCSubtargetInfo(triple.str(), "v3", ""));
    instructions.reset(target->createMCInstrInfo());
    context = std::make_unique<llvm::MCContext>(triple, assembly.get(), registers.get(), subtarget.get());
    decoder.reset(target->createMCDisassembler(*subtarget, *context));
    printer.reset(target->createMCInstPrinter(triple, 0, *assembly, *instructions, *registers));
  }
};

// The line of source at an address, or "" if it is the same as for the instruction before.
std::string source_line(llvm::DWARFContext& dwarf, llvm::object::SectionedAddress address, std::string& last) {
  llvm::DILineInfoSpecifier wanted(llvm::DILineInfoSpecifier::FileLineInfoKind::RawValue);
  auto info = dwarf.getLineInfoForAddress(address, wanted);
  if (!info.Line) return {};
  std::string text;
  if (info.Source) {
    llvm::StringRef rest = *info.Source;
    for (unsigned i = 1; i < info.Line; ++i) rest = rest.split('\n').second;
    text = rest.split('\n').first.trim().str();
  }
  std::string line = fmt::format("; {}:{}: {}\n", info.FileName, info.Line, text);
  if (line == last) return {};
  return last = line;
}

}  // namespace

std::string disassemble(const std::string& object, bool with_source) {
  auto file = llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(object, "object"));
  if (!file) return llvm::toString(file.takeError());
  Disassembler tools;
  auto dwarf = llvm::DWARFContext::create(**file);
  std::string text;
  for (const auto& section : (*file)->sections()) {
    auto name = section.getName();
    auto contents = section.getContents();
    if (!name || !contents || !name->starts_with("sonde/")) continue;
    text += fmt::format("Disassembly of program {}:\n", std::string_view(name->drop_front(6)));
    auto bytes = llvm::arrayRefFromStringRef(*contents);
    std::string last;
    for (uint64_t at = 0; at < bytes.size();) {
      llvm::MCInst instruction;
      uint64_t size = 0;
      auto status = tools.decoder->getInstruction(instruction, size, bytes.slice(at), at, llvm::nulls());
      if (with_source) text += source_line(*dwarf, {at, section.getIndex()}, last);
      std::string line;
      llvm::raw_string_ostream stream(line);
      if (status == llvm::MCDisassembler::Success) {
        tools.printer->printInst(&instruction, at, "", *tools.subtarget, stream);
      } else {
        stream << "\t<not an instruction>";
      }
      text += fmt::format("{:4}:{}\n", at / 8, stream.str());
      at += size ? size : 8;
    }
  }
  return text;
}

}  // namespace sonde::compile
