using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Webhooks;

/// <summary>Where webhooks may lead, and how many are served at once.</summary>
public sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>
    /// Whether addresses that are not public may be asked: of this machine, of the local network and the like. Whoever manages webhooks
    /// could then have the server ask whatever it can reach.
    /// </summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Whether addresses without encryption are allowed.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>How many webhooks a node serves at once; each gets its own events one after the other.</summary>
    public int AtOnce { get; set; } = 8;
}

public sealed class WebhookOptionsCheck : SettingsCheck<WebhookOptions>
{
    private const int MostAtOnce = 64;

    protected override IEnumerable<string> Faults(WebhookOptions options)
    {
        if (options.AtOnce is < 1 or > MostAtOnce)
            yield return $"Webhooks:AtOnce is {options.AtOnce}; it must be between 1 and {MostAtOnce}.";
    }
}
