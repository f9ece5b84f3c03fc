using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.HelpCentre;

/// <summary>Limits of what visitors of the help centre may do.</summary>
internal sealed class HelpOptions
{
    public const string Section = "Help";

    /// <summary>Searches from one address (IPv6: one network of 64 bits) in a minute.</summary>
    public int SearchesPerMinute { get; set; } = 40;

    /// <summary>Votes from one address in a minute.</summary>
    public int VotesPerMinute { get; set; } = 10;

    /// <summary>Messages of the contact form from one address in a minute.</summary>
    public int MessagesPerMinute { get; set; } = 3;
}

internal sealed class HelpOptionsCheck : SettingsCheck<HelpOptions>
{
    protected override IEnumerable<string> Faults(HelpOptions options)
    {
        if (options.SearchesPerMinute < 1)
            yield return $"Help:SearchesPerMinute is {options.SearchesPerMinute}; it must be a number of 1 or more.";
        if (options.VotesPerMinute < 1)
            yield return $"Help:VotesPerMinute is {options.VotesPerMinute}; it must be a number of 1 or more.";
        if (options.MessagesPerMinute < 1)
            yield return $"Help:MessagesPerMinute is {options.MessagesPerMinute}; it must be a number of 1 or more.";
    }
}

/// <summary>Refuses what comes too often from one address, with status and <c>Retry-After</c>.</summary>
internal sealed class HelpRate(AddressGuard guard, IOptions<HelpOptions> options)
{
    public Task<bool> IsSearchExceededAsync(HttpContext http) => IsExceededAsync(http, "help-find", options.Value.SearchesPerMinute);

    public Task<bool> IsVoteExceededAsync(HttpContext http) => IsExceededAsync(http, "help-vote", options.Value.VotesPerMinute);

    public Task<bool> IsContactExceededAsync(HttpContext http) => IsExceededAsync(http, "help-write", options.Value.MessagesPerMinute);

    private async Task<bool> IsExceededAsync(HttpContext http, string purpose, int most)
    {
        if (await guard.CountAsync(purpose, http.Connection.RemoteIpAddress, most, http.RequestAborted) is not { } wait) return false;
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return true;
    }
}
