# Runs all cases of Autobahn's fuzzing client against a URL, and fails if one of them fails. On Jython, from ./run:
#   cases.py SUITE URL REPORTS
import json
import os
import sys

suite, url, reports = sys.argv[1:]
sys.path[0:0] = [suite, os.path.join(suite, 'autobahntestsuite')]

from twisted.internet import selectreactor

selectreactor.install()

from autobahntestsuite.fuzzing import FuzzingClientFactory
from twisted.internet import reactor

FuzzingClientFactory({
    'outdir': reports,
    'options': {'failByDrop': False},
    'servers': [{'agent': 'weir', 'url': url, 'options': {'version': 18}}],
    'cases': ['*'],
    'exclude-cases': [],
    'exclude-agent-cases': {},
}, False)
reactor.run()

with open(os.path.join(reports, 'index.json')) as index:
    results = json.load(index)['weir']
scores = {}
for result in results.values():
    for kind in ('behavior', 'behaviorClose'):
        scores[result[kind]] = scores.get(result[kind], 0) + (kind == 'behavior')
failed = sorted(case for case, result in results.items()
                if result['behavior'] not in ('OK', 'NON-STRICT', 'INFORMATIONAL')
                or result['behaviorClose'] not in ('OK', 'INFORMATIONAL'))
print('%d cases: %s' % (len(results), ', '.join('%d %s' % (n, kind) for kind, n in sorted(scores.items()) if n)))
if failed or len(results) < 301:
    sys.exit('failed: %s' % (', '.join(failed) or 'not all cases were run'))
