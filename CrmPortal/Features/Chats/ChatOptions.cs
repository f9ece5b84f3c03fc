using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Chats;

/// <summary>Limits of what visitors may do in chats.</summary>
internal sealed class ChatOptions
{
    public const string Section = "Chat";

    /// <summary>Chats begun from one address (IPv6: one network of 64 bits) in a minute.</summary>
    public int StartsPerMinute { get; set; } = 6;

    /// <summary>Messages and signs of typing of one connection in a minute.</summary>
    public int CallsPerMinute { get; set; } = 80;

    /// <summary>Files from one address in a minute.</summary>
    public int FilesPerMinute { get; set; } = 10;
}

internal sealed class ChatOptionsCheck : SettingsCheck<ChatOptions>
{
    protected override IEnumerable<string> Faults(ChatOptions options)
    {
        if (options.StartsPerMinute < 1)
            yield return $"Chat:StartsPerMinute is {options.StartsPerMinute}; it must be a number of 1 or more.";
        if (options.CallsPerMinute < 1)
            yield return $"Chat:CallsPerMinute is {options.CallsPerMinute}; it must be a number of 1 or more.";
        if (options.FilesPerMinute < 1)
            yield return $"Chat:FilesPerMinute is {options.FilesPerMinute}; it must be a number of 1 or more.";
    }
}
