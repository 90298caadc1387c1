// Which processor this is.
#pragma once

#define smp_processor_id() ((int)bpf_get_smp_processor_id())
#define raw_smp_processor_id() ((int)bpf_get_smp_processor_id())
