"""Properties run on the same orders every time, so that a red test is a change of ours; `HYPOTHESIS_PROFILE=explore`
looks at new ones.
"""

import os

from hypothesis import settings

settings.register_profile("same", deadline=None, max_examples=150, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
