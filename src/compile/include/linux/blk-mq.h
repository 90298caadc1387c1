// Requests of block devices.
#pragma once

#include <linux/blkdev.h>

// These flags are enumerators' numbers since Linux 6.11.
#if defined(SONDE_HAS_RQF_BITS)
#define RQF_STARTED (1U << __RQF_STARTED)
#define RQF_FLUSH_SEQ (1U << __RQF_FLUSH_SEQ)
#define RQF_MIXED_MERGE (1U << __RQF_MIXED_MERGE)
#define RQF_DONTPREP (1U << __RQF_DONTPREP)
#define RQF_FAILED (1U << __RQF_FAILED)
#define RQF_QUIET (1U << __RQF_QUIET)
#define RQF_IO_STAT (1U << __RQF_IO_STAT)
#define RQF_PM (1U << __RQF_PM)
#define RQF_HASHED (1U << __RQF_HASHED)
#define RQF_STATS (1U << __RQF_STATS)
#define RQF_SPECIAL_PAYLOAD (1U << __RQF_SPECIAL_PAYLOAD)
#define RQF_TIMED_OUT (1U << __RQF_TIMED_OUT)
#define RQF_RESV (1U << __RQF_RESV)
#else
#define RQF_STARTED (1U << 1)
#define RQF_FLUSH_SEQ (1U << 4)
#define RQF_MIXED_MERGE (1U << 5)
#define RQF_DONTPREP (1U << 7)
#define RQF_FAILED (1U << 10)
#define RQF_QUIET (1U << 11)
#define RQF_IO_STAT (1U << 13)
#define RQF_PM (1U << 15)
#define RQF_HASHED (1U << 16)
#define RQF_STATS (1U << 17)
#define RQF_SPECIAL_PAYLOAD (1U << 18)
#define RQF_TIMED_OUT (1U << 21)
#define RQF_RESV (1U << 23)
#endif

#define req_op(rq) ((enum req_op)((rq)->cmd_flags & REQ_OP_MASK))
#define rq_data_dir(rq) op_is_write((rq)->cmd_flags)
#define rq_is_sync(rq) op_is_sync((rq)->cmd_flags)
#define blk_rq_pos(rq) ((rq)->__sector)
#define blk_rq_bytes(rq) ((rq)->__data_len)
#define blk_rq_sectors(rq) ((rq)->__data_len >> SECTOR_SHIFT)
#define blk_op_is_passthrough(op) (((op) & REQ_OP_MASK) == REQ_OP_DRV_IN || ((op) & REQ_OP_MASK) == REQ_OP_DRV_OUT)
#define blk_rq_is_passthrough(rq) blk_op_is_passthrough((rq)->cmd_flags)
