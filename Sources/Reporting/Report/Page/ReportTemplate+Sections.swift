extension ReportTemplate {
    static let outcomes = """
        <section aria-labelledby="h-outcomes">
        <h2 id="h-outcomes">Outcomes</h2>
        <div class="wide bar">{{{wide}}}</div><div class="narrow bar">{{{narrow}}}</div>
        <table class="stacked">
        <caption>Rows by state</caption>
        <thead><tr><th scope="col">State</th><th scope="col" class="n">Rows</th><th scope="col" class="n">Share</th>\
        <th scope="col">What it means</th></tr></thead>
        <tbody>{{#rows}}
        <tr><th scope="row"><svg class="swatch" viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" \
        rx="3" class="fill-{{state}}"/><rect width="16" height="16" rx="3" fill="url(#pattern-{{state}})"/></svg>\
        {{state}}</th><td class="n" data-label="Rows">{{rows}}</td><td class="n" data-label="Share">{{share}}</td>\
        <td>{{meaning}}</td></tr>{{/rows}}
        </tbody>
        </table>
        </section>
        """

    static let inputs = """
        <section aria-labelledby="h-inputs">
        <h2 id="h-inputs">Inputs</h2>
        <table class="stacked">
        <caption>Each input in each environment, as its last run saw it</caption>
        <thead><tr><th scope="col">Input</th><th scope="col">Environment</th><th scope="col" class="n">{{doneHeading}}</th>\
        <th scope="col" class="n">To correct</th><th scope="col" class="n">To run again</th>\
        <th scope="col" class="n">Not sent</th><th scope="col">No longer in it</th></tr></thead>
        <tbody>{{#inputs}}
        <tr><th scope="row" class="source">{{input}}</th><td data-label="Environment"><code>{{environment}}</code>\
        <span class="detail">{{host}}</span></td><td class="n" data-label="{{doneHeading}}">{{linked}}</td>\
        <td class="n" data-label="To correct">{{toCorrect}}</td><td class="n" data-label="To run again">{{toRunAgain}}</td>\
        <td class="n" data-label="Not sent">{{unsent}}</td><td data-label="No longer in it">{{gone}}</td></tr>{{/inputs}}
        </tbody>
        </table>
        </section>
        """

    static let causes = """
        <section aria-labelledby="h-causes">
        <h2 id="h-causes">What went wrong</h2>
        <table class="stacked">
        <caption>Rows that are not {{done}}, by cause</caption>
        <thead><tr><th scope="col" class="n">Rows</th><th scope="col">Cause</th><th scope="col">For example</th>\
        <th scope="col">What to do</th></tr></thead>
        <tbody>{{#causes}}
        <tr><td class="n" data-label="Rows">{{rows}}</td><th scope="row"><span class="state">{{state}}</span> \
        <code>{{code}}</code><span class="detail">{{detail}}</span></th><td class="source" data-label="For example">{{examples}}</td>\
        <td data-label="What to do">{{hint}}</td></tr>{{/causes}}
        </tbody>
        </table>
        {{#hiddenCauses}}<p class="note">{{.}}</p>{{/hiddenCauses}}
        </section>
        """

    static let warnings = """
        <section aria-labelledby="h-warnings">
        <h2 id="h-warnings">Warned of</h2>
        <p class="note">Nothing of this has kept a row back, and nothing was rewritten.</p>
        <ul>{{#warnings}}<li>{{.}}</li>{{/warnings}}</ul>
        </section>
        """

    static let throughput = """
        <section aria-labelledby="h-throughput">
        <h2 id="h-throughput">Throughput</h2>
        <p class="legend"><span><svg class="swatch" viewBox="0 0 16 16" aria-hidden="true">\
        <rect y="3" width="16" height="13" class="rows"/></svg>rows settled per second</span>{{#hasPace}}\
        <span><svg class="swatch" viewBox="0 0 16 16" aria-hidden="true"><path d="M0 10H8V5H16" class="rate"/></svg>\
        rate in force, requests per second</span>{{#hasPermitted}}<span><svg class="swatch" viewBox="0 0 16 16" \
        aria-hidden="true"><path d="M0 8H16" class="permitted"/></svg>what PingOne permits, as its refusals tell</span>\
        {{/hasPermitted}}<span><svg class="swatch" viewBox="0 0 16 16" aria-hidden="true">\
        <rect width="16" height="16" class="pause" fill="url(#pattern-pause)"/></svg>pause that PingOne asked for</span>\
        {{/hasPace}}</p>
        {{#hiddenCharts}}<p class="note">{{.}}</p>{{/hiddenCharts}}
        {{#charts}}
        <figure><h3>{{heading}}</h3>
        <div class="wide">{{{wide}}}</div><div class="narrow">{{{narrow}}}</div>
        <figcaption>{{summary}}</figcaption></figure>
        {{/charts}}
        <p class="note">A row counts in the run that settled it last, when its outcome is on disk: some at once, so that \
        a bar may stand above the line. Reading a row back takes a request too.</p>
        </section>
        """

    static let latency = """
        <section aria-labelledby="h-latency">
        <h2 id="h-latency">Latency</h2>
        {{#hasChart}}<figure>
        <div class="wide">{{{wide}}}</div><div class="narrow">{{{narrow}}}</div>
        <figcaption>How long PingOne took to answer the request that settled a row: {{total}}, on a logarithmic \
        scale.</figcaption>
        </figure>{{/hasChart}}{{^hasChart}}<p>How long PingOne took to answer the request that settled a row: \
        {{total}}.</p>{{/hasChart}}
        <table class="small">
        <caption>Percentiles of latency</caption>
        <thead><tr><th scope="col">Percentile</th><th scope="col">So many came</th><th scope="col" class="n">within</th>\
        </tr></thead>
        <tbody>{{#percentiles}}
        <tr><th scope="row">{{name}}</th><td>{{meaning}}</td><td class="n">{{value}}</td></tr>{{/percentiles}}
        </tbody>
        </table>
        </section>
        """

    static let verification = """
        <section aria-labelledby="h-verification">
        <h2 id="h-verification">Verification</h2>
        <p>{{when}}{{#isUnfinished}} It has not looked at every row: run verify again to go on.{{/isUnfinished}}\
        {{#isOutdated}} A run has begun since: verify again to be sure.{{/isOutdated}}</p>
        <table class="small">
        <caption>Links read back from PingOne</caption>
        <thead><tr><th scope="col">Result</th><th scope="col" class="n">Links</th><th scope="col">What it means</th>\
        </tr></thead>
        <tbody>{{#rows}}
        <tr class="{{mark}}"><th scope="row">{{result}}</th><td class="n">{{links}}</td><td>{{meaning}}</td></tr>{{/rows}}
        </tbody>
        </table>
        </section>
        """

    static let runs = """
        <section aria-labelledby="h-runs">
        <h2 id="h-runs">Runs</h2>
        <table class="stacked">
        <caption>All runs over this ledger, the latest first</caption>
        <thead><tr><th scope="col">Started (UTC)</th><th scope="col">Took</th><th scope="col">Input</th>\
        <th scope="col" class="n">Rows</th><th scope="col" class="n">Requests</th><th scope="col" class="n">Exit code</th>\
        <th scope="col">Which means</th></tr></thead>
        <tbody>{{#runs}}
        <tr class="{{mark}}"><th scope="row" class="time">{{started}}</th>\
        <td class="plain" data-label="Took">{{took}}</td><td class="source" data-label="Input">{{input}}</td><td class="n" data-label="Rows">{{rows}}</td>\
        <td class="n" data-label="Requests">{{requests}}</td><td class="n" data-label="Exit code">{{code}}</td>\
        <td data-label="Which means">{{end}}<span class="detail">run {{id}}</span></td></tr>{{/runs}}
        </tbody>
        </table>
        </section>
        """
}
