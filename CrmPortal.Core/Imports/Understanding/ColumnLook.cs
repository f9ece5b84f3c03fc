namespace CrmPortal.Core.Imports;

/// <summary>What the first different values of a column are, counted; a heading that is not known is understood by them.</summary>
public sealed record ColumnLook
{
    /// <summary>Values looked at.</summary>
    public int Seen { get; set; }

    /// <summary>Values that were there before.</summary>
    public int Repeated { get; set; }

    public int Emails { get; set; }

    /// <summary>Phones with their calling code.</summary>
    public int Phones { get; set; }

    public int YesNos { get; set; }

    /// <summary>Those of them that are words and not 1, 0, X or N, which may be numbers and codes as well.</summary>
    public int YesNoWords { get; set; }

    /// <summary>Two-letter codes of countries in capitals.</summary>
    public int CountryCodes { get; set; }

    /// <summary>Values with a letter in them.</summary>
    public int Lettered { get; set; }

    /// <summary>Values of several words.</summary>
    public int Worded { get; set; }

    /// <summary>Numbers as the portal gives them to customers.</summary>
    public int OwnNumbers { get; set; }

    /// <summary>Days without a year, such as <c>--02-27</c> or <c>04/12</c>.</summary>
    public int YearlessDays { get; set; }

    /// <summary>Whether blanks part several values within a cell.</summary>
    public bool HasSpacedWords { get; set; }

    internal bool Are(int count) => Seen > 0 && count * 10 >= Seen * 8;

    /// <summary>Whether each value says yes or no.</summary>
    internal bool IsYesNo => Seen > 0 && YesNos == Seen;

    /// <summary>Whether each value says so in a word, so that it is nothing else.</summary>
    internal bool IsYesNoWord => Seen > 0 && YesNoWords == Seen;

    /// <summary>Whether the column has one value for all of several rows.</summary>
    internal bool IsConstant(int filled) => Seen == 1 && filled > 1;
}
