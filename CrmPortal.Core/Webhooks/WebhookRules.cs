using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Core.Webhooks;

/// <summary>What a webhook must keep.</summary>
internal static class WebhookRules
{
    /// <summary>The wanted webhook; what asks the network and the customers is looked at after.</summary>
    public static Webhook Checked(WebhookInput input, WebhookClient client, DateTimeOffset now, List<FieldError> errors) => new()
    {
        Name = TextRules.Required("Name", input.Name, Webhook.NameLength, "A webhook needs a name.", errors),
        Url = Url(input.Url, client, errors), Events = Events(input.Events ?? [], errors), Filter = Filter(input.Filter, errors),
        IsActive = input.IsActive, CreatedAt = now, SecretMadeAt = now,
    };

    private static string Url(string? written, WebhookClient client, List<FieldError> errors)
    {
        var text = TextRules.Required("Url", written, Webhook.UrlLength, "Where shall it be told?", errors);
        if (errors.Exists(e => e.Field == "Url")) return text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            errors.Add(new("Url", "This is not the address of a web server, such as https://shop.example/hook."));
        else if (url.UserInfo.Length > 0 || url.Fragment.Length > 0)
            errors.Add(new("Url", "The address may hold no user name and no mark."));
        else if (!client.IsAllowed(url)) errors.Add(new("Url", "The address must begin with https://."));
        else return url.AbsoluteUri;
        return text;
    }

    private static string Events(IReadOnlyCollection<string> topics, List<FieldError> errors)
    {
        if (topics.Count == 0) errors.Add(new("Events", "Choose at least one event."));
        else if (topics.FirstOrDefault(t => !WebhookTopics.All.Contains(t)) is { } other)
            errors.Add(new("Events", "There is no event {0}.", other));
        return string.Join(' ', topics.Distinct().Order(StringComparer.Ordinal));
    }

    private static string? Filter(string? filter, List<FieldError> errors)
    {
        try
        {
            var text = FilterText.Parse(filter).ToString();
            if (text.Length > Webhook.FilterLength) errors.Add(new("Filter", "These are too many rules."));
            return text.Length == 0 ? null : text;
        }
        catch (RuleViolationException violation)
        {
            errors.AddRange(violation.Errors.Select(e => e with { Field = "Filter" }));
            return null;
        }
    }
}
