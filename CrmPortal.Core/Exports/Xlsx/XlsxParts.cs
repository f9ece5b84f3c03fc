using System.Globalization;
using System.Text;

namespace CrmPortal.Core.Exports.Xlsx;

/// <summary>The small parts of a workbook beside its sheets.</summary>
internal static class XlsxParts
{
    private const string Head = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""" + "\n";
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Package = "http://schemas.openxmlformats.org/package/2006";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    private const int LongestName = 31;

    /// <summary>Stands first in the archive, when it is not known yet how many sheets there will be; so a sheet is what has no type of its own.</summary>
    public const string ContentTypes = $"""
        {Head}<Types xmlns="{Package}/content-types">
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Default Extension="xml" ContentType="{Types}.worksheet+xml"/>
        <Override PartName="/xl/workbook.xml" ContentType="{Types}.sheet.main+xml"/>
        <Override PartName="/xl/styles.xml" ContentType="{Types}.styles+xml"/>
        <Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
        </Types>
        """;

    public const string Relationships = $"""
        {Head}<Relationships xmlns="{Package}/relationships">
        <Relationship Id="rId1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/>
        <Relationship Id="rId2" Type="{Package}/relationships/metadata/core-properties" Target="docProps/core.xml"/>
        </Relationships>
        """;

    public static string SheetName(int number) => string.Create(CultureInfo.InvariantCulture, $"xl/worksheets/sheet{number}.xml");

    public static string Properties(ExportTable table)
    {
        var at = table.MadeAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $"""
            {Head}<cp:coreProperties xmlns:cp="{Package}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
            <dc:title>{XlsxText.Escape(table.Title)}</dc:title><dc:creator>{XlsxText.Escape(table.ShopName)}</dc:creator><dc:description>{XlsxText.Escape(string.Join(". ", table.Subtitles))}</dc:description>
            <dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>
            </cp:coreProperties>
            """;
    }

    public static string Workbook(string title, int sheets)
    {
        var xml = new StringBuilder($"""{Head}<workbook xmlns="{Main}" xmlns:r="{Office}"><sheets>""");
        for (var sheet = 1; sheet <= sheets; sheet++)
            xml.Append(CultureInfo.InvariantCulture, $"""<sheet name="{XlsxText.Escape(TabName(title, sheet))}" sheetId="{sheet}" r:id="rId{sheet}"/>""");
        return xml.Append("</sheets></workbook>").ToString();
    }

    public static string WorkbookRelationships(int sheets)
    {
        var xml = new StringBuilder($"""{Head}<Relationships xmlns="{Package}/relationships">""");
        for (var sheet = 1; sheet <= sheets; sheet++)
            xml.Append(CultureInfo.InvariantCulture, $"""<Relationship Id="rId{sheet}" Type="{Office}/worksheet" Target="worksheets/sheet{sheet}.xml"/>""");
        return xml.Append(CultureInfo.InvariantCulture, $"""<Relationship Id="rId{sheets + 1}" Type="{Office}/styles" Target="styles.xml"/></Relationships>""").ToString();
    }

    /// <summary>A spreadsheet refuses some signs in the name of a sheet, and names that are long or not unique.</summary>
    private static string TabName(string title, int sheet)
    {
        var end = sheet == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {sheet}");
        var name = string.Concat(title.Where(c => !"[]:*?/\\'".Contains(c, StringComparison.Ordinal) && !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        if (name.Length > LongestName - end.Length) name = name[..(LongestName - end.Length)];
        return (name.Length == 0 ? "Sheet" : name) + end;
    }
}
