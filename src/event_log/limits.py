"""What the relay's clients of Kafka keep to, whichever library they are by."""

from __future__ import annotations

#: Longer than a killed broker needs to be back on a busy machine (16-43 s were seen).
DELIVERY_S = 90.0
BOOTSTRAP_S = 60.0
#: The longest wait between two tries to connect. With kafka-python's own, 30 s, the realm stayed
#: shut that much longer than Kafka was away.
RECONNECT_MS_MAX = 1_000
#: A batch a partition holds up to this; fewer and larger requests cost less processor time.
BATCH_BYTES = 1_048_576
#: A refused trade of 2,000 lines is about 320 kB; this leaves room for what events may gain.
REQUEST_BYTES_MAX = 8_388_608
