# Runs cases of Autobahn's fuzzing client against a URL, and fails if one of them fails. On Jython:
#   cases.py SUITE URL REPORTS [CASE...]
# Without a CASE all are run, with the time limits of the suite. A CASE is one (1.1.1) or several (1.*); those get ten times
# as long, as they run in a build, on a machine that does other things as well.
import json
import os
import sys

suite, url, reports = sys.argv[1:4]
selected = sys.argv[4:]
sys.path[0:0] = [suite, os.path.join(suite, 'autobahntestsuite')]

from twisted.internet import selectreactor

selectreactor.install()

from autobahntestsuite.case import Cases
from autobahntestsuite.fuzzing import FuzzingClientFactory, FuzzingProtocol
from twisted.internet import reactor

if selected:
    kill_after, close_after = FuzzingProtocol.killAfter, FuzzingProtocol.closeAfter
    FuzzingProtocol.killAfter = lambda self, delay: kill_after(self, 10 * delay)
    FuzzingProtocol.closeAfter = lambda self, delay: close_after(self, 10 * delay)

factory = FuzzingClientFactory({
    'outdir': reports,
    'options': {'failByDrop': False},
    'servers': [{'agent': 'weir', 'url': url, 'options': {'version': 18}}],
    'cases': selected or ['*'],
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
in_order = sorted(results.items(), key=lambda item: [int(part) for part in item[0].split('.')])
for case, result in in_order:
    if result['behavior'] != 'OK' or result['behaviorClose'] != 'OK':
        print('%s %s, close %s' % (case, result['behavior'], result['behaviorClose']))
failed = [case for case, result in in_order
          if result['behavior'] not in ('OK', 'NON-STRICT', 'INFORMATIONAL')
          or result['behaviorClose'] not in ('OK', 'INFORMATIONAL')]
print('%d cases: %s' % (len(results), ', '.join('%d %s' % (n, kind) for kind, n in sorted(scores.items()) if n)))
if failed or len(results) < len(factory.specCases):
    sys.exit('failed: %s' % (', '.join(failed) or 'not all cases were run'))
