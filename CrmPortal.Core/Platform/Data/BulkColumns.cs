using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Core.Platform.Data;

/// <summary>The columns of an entity's table, each with the way from an entity to the value that the database keeps.</summary>
internal sealed class BulkColumns
{
    private static readonly ConditionalWeakTable<IEntityType, BulkColumns> Known = [];

    private readonly Dictionary<string, BulkColumn> _byProperty;

    private BulkColumns(IEntityType type)
    {
        var table = StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema());
        TableName = table.Name;
        Columns = [.. type.GetProperties().Where(p => p.GetColumnName(table) is not null)
            .Select(p => new BulkColumn(p, Quoted(p.GetColumnName(table)!)))];
        _byProperty = Columns.ToDictionary(c => c.Property.Name);
        ColumnList = string.Join(", ", Columns.Select(c => c.Name));
    }

    public string TableName { get; }

    /// <summary>The quoted name of the table.</summary>
    public string Table => Quoted(TableName);

    public IReadOnlyList<BulkColumn> Columns { get; }

    public string ColumnList { get; }

    /// <summary>The column of a property.</summary>
    public BulkColumn this[string property] => _byProperty[property];

    /// <summary>Worked out once for each entity of a model: asked anew, it takes as long as writing some hundred rows.</summary>
    public static BulkColumns Of(IEntityType type) => Known.GetValue(type, static t => new(t));

    public static IEntityType TypeOf<T>(CrmDbContext db) =>
        db.Model.FindEntityType(typeof(T)) ?? throw new ArgumentException($"{typeof(T).Name} is no entity.");

    private static string Quoted(string name) => $"\"{name}\"";
}

internal sealed class BulkColumn(IProperty property, string name)
{
    private readonly Func<object?, object?>? _toProvider = property.GetTypeMapping().Converter?.ConvertToProvider;

    public IProperty Property { get; } = property;

    /// <summary>Quoted.</summary>
    public string Name { get; } = name;

    public string StoreType { get; } = property.GetRelationalTypeMapping().StoreTypeNameBase;

    /// <summary>The type of the value that the database keeps.</summary>
    public Type StoredType { get; } = property.GetTypeMapping().Converter?.ProviderClrType ?? property.ClrType;

    public object? Read(object entity) => Stored(Property.GetGetter().GetClrValue(entity));

    /// <summary>What the database keeps for a value of the entity.</summary>
    public object? Stored(object? value) => value is not null && _toProvider is not null ? _toProvider(value) : value;
}

/// <summary>New values for columns of many rows.</summary>
/// <param name="Table">Quoted.</param>
/// <param name="Where">What a row is known by: its key, and what must still be as it was.</param>
/// <param name="Set">The columns that get new values.</param>
/// <param name="Rows">The values of each row as the database keeps them, those of <paramref name="Where"/> first.</param>
internal sealed record BulkUpdate(string Table, IReadOnlyList<BulkColumn> Where, IReadOnlyList<BulkColumn> Set,
    IReadOnlyList<object?[]> Rows);
