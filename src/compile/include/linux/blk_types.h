// Block I/O requests: flags by the running kernel's own numbering.
#pragma once

#define REQ_FAILFAST_DEV (1U << __REQ_FAILFAST_DEV)
#define REQ_FAILFAST_TRANSPORT (1U << __REQ_FAILFAST_TRANSPORT)
#define REQ_FAILFAST_DRIVER (1U << __REQ_FAILFAST_DRIVER)
#define REQ_FAILFAST_MASK (REQ_FAILFAST_DEV | REQ_FAILFAST_TRANSPORT | REQ_FAILFAST_DRIVER)
#define REQ_SYNC (1U << __REQ_SYNC)
#define REQ_META (1U << __REQ_META)
#define REQ_PRIO (1U << __REQ_PRIO)
#define REQ_NOMERGE (1U << __REQ_NOMERGE)
#define REQ_IDLE (1U << __REQ_IDLE)
#define REQ_INTEGRITY (1U << __REQ_INTEGRITY)
#define REQ_FUA (1U << __REQ_FUA)
#define REQ_PREFLUSH (1U << __REQ_PREFLUSH)
#define REQ_RAHEAD (1U << __REQ_RAHEAD)
#define REQ_BACKGROUND (1U << __REQ_BACKGROUND)
#define REQ_NOWAIT (1U << __REQ_NOWAIT)
#define REQ_POLLED (1U << __REQ_POLLED)
#define REQ_SWAP (1U << __REQ_SWAP)
#define REQ_DRV (1U << __REQ_DRV)
#define REQ_NOUNMAP (1U << __REQ_NOUNMAP)
#define REQ_OP_BITS 8
#define REQ_OP_MASK ((1U << REQ_OP_BITS) - 1)
#define REQ_FLAG_BITS 24

#define bio_op(bio) ((enum req_op)((bio)->bi_opf & REQ_OP_MASK))
#define op_is_write(op) (!!((op) & 1))
#define op_is_flush(op) (!!((op) & (REQ_FUA | REQ_PREFLUSH)))
#define op_is_sync(op) (((op) & REQ_OP_MASK) == REQ_OP_READ || ((op) & (REQ_SYNC | REQ_FUA | REQ_PREFLUSH)))
#define op_is_discard(op) (((op) & REQ_OP_MASK) == REQ_OP_DISCARD)
