import os
import random
import secrets
import uuid
print(random.random())
print(random.getrandbits(64))
print(random.Random().random())
print(uuid.uuid4())
print(secrets.token_hex())
print(os.urandom(16).hex())
