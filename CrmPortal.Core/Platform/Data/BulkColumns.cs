using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Core.Platform.Data;

/// <summary>The columns of an entity's table, each with the way from an entity to the value that the database keeps.</summary>
internal sealed class BulkColumns
{
    private BulkColumns(IEntityType type)
    {
        var table = StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema());
        Table = Quoted(table.Name);
        Columns = [.. type.GetProperties().Where(p => p.GetColumnName(table) is not null)
            .Select(p => new BulkColumn(p, Quoted(p.GetColumnName(table)!)))];
    }

    /// <summary>The quoted name of the table.</summary>
    public string Table { get; }

    public IReadOnlyList<BulkColumn> Columns { get; }

    public string ColumnList => string.Join(", ", Columns.Select(c => c.Name));

    public static BulkColumns Of<T>(CrmDbContext db) =>
        new(db.Model.FindEntityType(typeof(T)) ?? throw new ArgumentException($"{typeof(T).Name} is no entity."));

    private static string Quoted(string name) => $"\"{name}\"";
}

internal sealed class BulkColumn(IProperty property, string name)
{
    private readonly Func<object?, object?>? _toProvider = property.GetTypeMapping().Converter?.ConvertToProvider;

    /// <summary>Quoted.</summary>
    public string Name { get; } = name;

    public string StoreType { get; } = property.GetRelationalTypeMapping().StoreTypeNameBase;

    public object? Read(object entity)
    {
        var value = property.GetGetter().GetClrValue(entity);
        return value is not null && _toProvider is not null ? _toProvider(value) : value;
    }
}
