"""The protovalidate annotations as google.protobuf sees them.

The `protovalidate` package carries the descriptor of buf/validate/validate.proto but no `validate_pb2`,
which generated code imports. This module builds it from that very descriptor, so the annotations are
always those of the installed validator and no copy of its source is kept here.
"""

# The descriptor depends on these four; importing them loads them into the pool first.
from google.protobuf import descriptor_pb2 as _descriptor_pb2  # noqa: F401
from google.protobuf import descriptor_pool as _descriptor_pool
from google.protobuf import duration_pb2 as _duration_pb2  # noqa: F401
from google.protobuf import field_mask_pb2 as _field_mask_pb2  # noqa: F401
from google.protobuf import timestamp_pb2 as _timestamp_pb2  # noqa: F401
from google.protobuf.internal import builder as _builder
from protovalidate._gen.buf.validate import validate_pb as _validate_pb

FILE_DESCRIPTOR_BYTES: bytes = _validate_pb.Rule.desc().file.proto.to_binary()

DESCRIPTOR = _descriptor_pool.Default().AddSerializedFile(FILE_DESCRIPTOR_BYTES)
_builder.BuildMessageAndEnumDescriptors(DESCRIPTOR, globals())
_builder.BuildTopDescriptorsAndMessages(DESCRIPTOR, "buf.validate.validate_pb2", globals())
