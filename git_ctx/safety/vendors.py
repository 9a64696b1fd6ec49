"""Keys without a form of their own that stand beside the name of the service they are for."""

from git_ctx.safety import judge
from git_ctx.safety.rule import Rule

# Names that are seldom anything else. A word of everyday language has no place here.
_VENDORS = (
    b"abstractapi abuseipdb abyssale accuweather adafruit adzuna aeroworkflow airbrake airtable "
    b"airvisual aiven alchemyapi alconost alegra algolia alibaba alienvault aliyun allsports amadeus "
    b"ambeedata amplitude anypoint apacta apideck apiflash apifonica apify apilayer apimatic apimetrics "
    b"apitemplate appcues appfollow appointedd appsynergy apptivo artifactory artsy asana assemblyai "
    b"audd auth0 autodesk autoklose avaza aviationstack axonaut aylien ayrshare bannerbear baremetrics "
    b"beebole besnappy betterstack billomat binance bitbar bitbucket bitcoinaverage bitfinex bitly "
    b"bitmex bittrex blazemeter blocknative bombbomb boostnote borgbase braintree braintrust brandfetch "
    b"browserstack browshot bscscan buddyns budibase bugherd bugsnag buildkite bulksms buttercms "
    b"calendarific calendly calorieninja campayn capsulecrm captaindata carboninterface cashboard censys "
    b"centralstationcrm cexio chartmogul chatfuel checkvist clarifai clearbit clickhelp clicksend "
    b"clickup cliengo clinchpad clockify clockwork cloudconvert cloudflare cloudimage cloudinary "
    b"cloudmersive cloudsmith cloverly codacy codeclimate codecov codemagic codequiry cohere coinapi "
    b"coinbase coinlayer coinlib coinmarketcap commercejs companyhub confluent contentful convertapi "
    b"convertkit couchbase countrylayer coveralls craftmypdf crowdin cryptocompare currencycloud "
    b"currencyfreaks currencylayer currencyscoop customerio d7network dareboost databox databricks "
    b"datadog datagov deepai deepgram deepseek detectify detectlanguage dfuse diffbot diggernaut "
    b"digitalocean discogs discord disqus docparser documo docusign dotdigital dovico dronahq droneci "
    b"dropbox duffel dwolla dynalist dyspatch easyinsight ecostruxure edamam edenai elasticemail "
    b"elevenlabs endorlabs etherscan ethplorer etsy eventbrite everhour exchangerate extractorapi "
    b"facebook faceplusplus fastforex fastly feedier fetchrss fibery figma finage finicity finnhub "
    b"fixerio fleetbase flexport flickr flightapi flightstats flutterwave formbucket formcraft formsite "
    b"foursquare freshbooks freshdesk freshworks fullstory geckoboard geoapify geocodify geocodio "
    b"geoipify getresponse getsandbox gitter glassnode gocanvas gocardless goodday graphcms graphhopper "
    b"groovehq gtmetrix guardianapi gumroad gyazo happyscribe hasura hellosign helpcrunch helpscout "
    b"heroku hiveage holidayapi html2pdf hubspot hunterio hybiscus hypertrack iconfinder iexapis "
    b"iexcloud imagekit imagga infura insightly instabot instamojo interseller intra42 intrinio "
    b"invoiceocean ip2location ipgeolocation ipinfodb ipquality ipstack jotform jumpcloud jupiterone "
    b"kanbantool karmacrm keenio klaviyo klipfolio knapsackpro kucoin kylas languagelayer larksuite "
    b"launchdarkly leadfeeder lemlist lemonsqueezy lendflow lessannoyingcrm lexigram linkedin "
    b"linkpreview liveagent livestorm loadmill locationiq loggly loginradius logzio lokalise looker "
    b"loyverse lunchmoney madkudu magicbell mailboxlayer mailchimp mailerlite mailgun mailjet mailmodo "
    b"mailsac mandrill mapbox mapquest marketstack mattermost mavenlink maxmind meaningcloud mediastack "
    b"meistertask meraki mesibo messagebird metrilo mindmeister mistral mixpanel mockaroo monkeylearn "
    b"moonclerk moosend moralis mrticktock myintervals nasdaqdatalink netlify netsuite neutrinoapi "
    b"newrelic newsapi newscatcher nexmo nftport nicereply nightfall noticeable nozbe numverify "
    b"nutritionix nylas oanda octopusdeploy okta omnisend onedesk onelogin onepagecrm onesignal onfleet "
    b"oopspam opencage openuv openweather opsgenie optimizely overloop owlbot packagecloud pagerduty "
    b"pandadoc pandascore paperform paralleldots parsehub parseur partnerstack pastebin paydirt paymoapp "
    b"paymongo paypal paystack pdflayer pdfshift peopledatalabs pepipost perplexity pinata pinecone "
    b"pipedream pipedrive pivotaltracker pixabay plaid planetscale planview planyo plivo podio pollsapi "
    b"poloniex positionstack postageapp posthog postmark powrbot prodpad prospectcrm proxycrawl pubnub "
    b"purestake pushbullet pusher pushover qualaroo qubole railway rapidapi rawg razorpay rebrandly "
    b"refiner repairshopr requestfinance restpack ringcentral ritekit rocketreach route4me runrunit "
    b"runscope salesblink salescookie salesflare salesforce salesmate satismeter saucelabs scaleway "
    b"scrapeowl scraperapi scraperbox scrapestack scrapfly scrapingant scrapingbee screenshotapi "
    b"screenshotlayer securitytrails selectpdf sendbird sendgrid sendinblue sentry serphouse serpstack "
    b"sherpadesk shipday shodan shopify shortcut shotstack shutterstock sidekiq signalwire signaturit "
    b"signupgenius sigopt simfin simplesat simvoly sinch skrapp skybiometry slack smartsheet "
    b"smartystreets smooch snipcart snowflake snyk sonarcloud sonarqube sparkpost splunk spoonacular "
    b"sportsmonk spotify squarespace squareup statuscake statuspage stitchdata stockdata stormglass "
    b"storyblok storychief stripe sugester sumologic supabase supernotes surveybot surveysparrow "
    b"survicate swiftype tallyfy tatumio taxjar teamgate teamwork telegram teletype telnyx textmagic "
    b"theoddsapi thinkific thousandeyes ticketmaster tiingo timecamp timezoneapi tmetric todoist toggl "
    b"tomorrowio tomtom tradier transferwise travelpayouts travisci trello twelvedata twilio twitch "
    b"twitter typeform typetalk ubidots uclassify unifyid unplugg unsplash upcdatabase uplead uploadcare "
    b"uptimerobot upwave urlscan userstack vatlayer verimail veriphone versioneye viewneo virustotal "
    b"visualcrossing voicegain vouchery vpnapi vultr walkscore wandb weatherapi weatherbit weatherstack "
    b"webex webflow webscraper websitepulse wepay whoxy wistia worksnaps worldcoinindex worldweather "
    b"wrike xendit yandex youneedabudget yousign zapier zendesk zenkit zenrows zenscrape zenserp zeplin "
    b"zerobounce zerotier zipcodeapi zonkafeedback zoominfo zulip "
)
_VALUE = rb"(?P<secret>[A-Za-z0-9][A-Za-z0-9_+/=.~-]{14,200})(?![\w(\[{<+/@-])"
_IS = rb"(?:=>|:=|={1,3}|:|,|\|)"
# The name of the service in that of the value: mapquest_key = "…".
_NAMED = (
    rb"(?>[\w-]{4,60}(?:\.(?!(?:com|io|org|net|dev|app|co)\b)[\w-]{1,30}){0,4})\\?[\"'`\])]{0,2}[ \t]{0,4}(?:"
    + _IS
    + rb"[ \t]{0,4}|(?<=[ \t])(?=[\"']))"
    rb"[\"'`(\[{]{0,2}" + _VALUE
)
# Beside it, and what the value is: mapquest token - '…', the mapquest API key is ….
_SAID = (
    rb"(?>\w{4,60})(?:(?i:(?<=key)|(?<=token)|(?<=secret)|(?<=password))"
    rb"|[\"']?(?:[ \t]{1,3}[\w'.-]{1,12}){0,4}?"
    rb"[ \t_-]{0,2}(?i:key|token|secret|password|credentials?))[\"'`]?"
    rb"(?:[ \t]{0,4}" + _IS + rb"|[ \t]+(?:is|was|-|to)\b)?[ \t]{0,4}[\"'`]?" + _VALUE
)
_UUID = (
    rb"[\w. -]{0,40}?(?i:key|token|secret)\w{0,8}[\"'`]?[ \t]{0,4}(?:"
    + _IS
    + rb"|is)[ \t]{0,4}[\"'`]?(?P<secret>(?i:[0-9a-z]{8}-(?:[0-9a-z]{4}-){3}[0-9a-z]{12}))(?![\w-])"
)
# As everywhere: the line says before that the value is made up.
_MEANT = rb"(?i)\A(?!.*(?:test|example|dummy|fake|mock|sample|placeholder)).*\Z"

_LITERALS = tuple(_VENDORS.split())

VENDORS: tuple[Rule, ...] = (
    Rule("service-key", _LITERALS, _NAMED, judge.service, near=_MEANT, delimited=False),
    Rule("service-key", _LITERALS, _SAID, judge.service, near=_MEANT, delimited=False),
    Rule("service-key", _LITERALS, _UUID, judge.varied, near=_MEANT, delimited=False),
)
