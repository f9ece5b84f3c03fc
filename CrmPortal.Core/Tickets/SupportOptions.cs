using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Tickets;

/// <summary>How support works.</summary>
public sealed class SupportOptions
{
    public const string Section = "Support";

    /// <summary>For so many seconds a reply can be taken back before it leaves.</summary>
    public int UndoSeconds { get; set; } = 10;

    /// <summary>A solved ticket is closed after so many days; what comes after that begins a new one.</summary>
    public int CloseAfterDays { get; set; } = 7;

    /// <summary>So many hours after a ticket was solved its customer is asked how it was; 0 for at once, negative for never.</summary>
    public int SurveyAfterHours { get; set; } = 1;

    /// <summary>The key with which mail servers hand over raw mails; empty for nobody may.</summary>
    public string IntakeKey { get; set; } = "";

    /// <summary>The queue for messages of the contact form, by its name; without one of this name it is the usual queue.</summary>
    public string ContactQueue { get; set; } = "";
}

public sealed class SupportOptionsCheck : SettingsCheck<SupportOptions>
{
    private const int LongestUndo = 300;
    private const int ShortestKey = 24;

    protected override IEnumerable<string> Faults(SupportOptions options)
    {
        if (options.UndoSeconds is < 0 or > LongestUndo)
            yield return $"Support:UndoSeconds is {options.UndoSeconds}; it must be between 0 and {LongestUndo}.";
        if (options.CloseAfterDays is < 1 or > 365)
            yield return $"Support:CloseAfterDays is {options.CloseAfterDays}; it must be between 1 and 365.";
        if (options.IntakeKey.Length is > 0 and < ShortestKey)
            yield return $"Support:IntakeKey has {options.IntakeKey.Length} characters; use {ShortestKey} or more.";
    }
}
