// Registers at a probe; PT_REGS_* are in every program.
#pragma once

#include <asm/page.h>

#define instruction_pointer(regs) PT_REGS_IP(regs)
#define kernel_stack_pointer(regs) PT_REGS_SP(regs)
#define user_stack_pointer(regs) PT_REGS_SP(regs)
#define frame_pointer(regs) PT_REGS_FP(regs)
#define regs_return_value(regs) PT_REGS_RC(regs)
#if defined(bpf_target_x86)
#define user_mode(regs) (((regs)->cs & 3) == 3)
#elif defined(bpf_target_arm64)
#define user_mode(regs) (((regs)->pstate & 15) == 0)
#endif
