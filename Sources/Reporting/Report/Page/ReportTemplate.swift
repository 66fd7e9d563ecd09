/// The templates of the report, in Mustache: a program that is one file has no folder to read them from.
enum ReportTemplate {
    static let page = "page"

    /// Each by the name under which others include it.
    static let all: [String: String] = [
        page: frame, "styles": styles, "patterns": patterns, "outcomes": outcomes, "inputs": inputs,
        "warnings": warnings,
        "throughput": throughput,
        "latency": latency, "causes": causes, "verification": verification, "runs": runs,
    ]

    /// Everything that is not a section of its own.
    private static let frame = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="referrer" content="no-referrer"/>
        {{#refresh}}<meta http-equiv="refresh" content="{{.}}"/>{{/refresh}}
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
        base-uri 'none'; form-action 'none'"/>
        <title>{{title}}: {{name}}</title>
        <style>{{>styles}}</style>
        </head>
        <body>
        {{>patterns}}
        <main>
        <header>
        <p class="kind">{{title}}</p>
        <h1>{{name}}</h1>
        <p class="verdict">{{verdict}}</p>
        {{#hasTiles}}<dl class="tiles">{{#tiles}}<div><dt>{{label}}</dt><dd>{{figure}}</dd>\
        <dd class="note">{{note}}</dd></div>{{/tiles}}</dl>{{/hasTiles}}
        {{#environment}}<p class="made">{{.}}</p>{{/environment}}
        <p class="made">As of {{madeAt}} UTC{{#isGoingOn}}, while a run was going on{{/isGoingOn}}. \
        {{#refresh}}This page renews itself every {{.}} s until the run has ended. {{/refresh}}\
        All times are UTC. Users and accounts are not named, only lines of the input.</p>
        {{#hasSteps}}<h2>What to do next</h2>
        <ul class="steps">{{#steps}}<li>{{.}}</li>{{/steps}}</ul>{{/hasSteps}}
        </header>
        {{#outcomes}}{{>outcomes}}{{/outcomes}}
        {{#hasInputs}}{{>inputs}}{{/hasInputs}}
        {{#hasCauses}}{{>causes}}{{/hasCauses}}
        {{#hasWarnings}}{{>warnings}}{{/hasWarnings}}
        {{#hasCharts}}{{>throughput}}{{/hasCharts}}
        {{#latency}}{{>latency}}{{/latency}}
        {{#verification}}{{>verification}}{{/verification}}
        {{#hasRuns}}{{>runs}}{{/hasRuns}}
        <footer><p>Made by pinglink report.</p></footer>
        </main>
        </body>
        </html>

        """
}
